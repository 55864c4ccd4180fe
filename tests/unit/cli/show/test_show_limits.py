"""What is said of an engine's limits, and of one that runs as a user."""

from __future__ import annotations

from typing import Any

import pytest

from ops0.cli.show.limits import limits_text
from ops0_builder.engine.engine_images import is_rootless

HELD = {"MemoryLimit": True, "CpuCfsQuota": True, "PidsLimit": True}
NOT_HELD = "steps are not held to their memory, processors, processes"
ROOTLESS = ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (HELD, "steps are held to their memory, processors, processes"),
        ({}, "steps are held to their memory, processors, processes"),
        (
            {**HELD, "MemoryLimit": False, "CgroupVersion": "1", "CgroupDriver": "cgroupfs"},
            "steps are not held to their memory (cgroup v1, driver cgroupfs)",
        ),
        (
            {**dict.fromkeys(HELD, False), "CgroupDriver": "none", "SecurityOptions": ROOTLESS},
            f"{NOT_HELD} (cgroup v?, driver none; delegate the cgroup controllers to its user)",
        ),
    ],
)
def test_what_is_said_of_limits(told: dict[str, Any], text: str) -> None:
    assert limits_text(told) == text


@pytest.mark.parametrize(
    ("options", "rootless"),
    [(ROOTLESS, True), (["name=seccomp,profile=rootless"], False), (None, False)],
)
def test_an_engine_that_runs_as_a_user(options: list[str] | None, rootless: bool) -> None:
    assert is_rootless({"SecurityOptions": options}) is rootless
