from __future__ import annotations

from typing import Any

import pytest

from ops0.cli.show.store import store_text

CONTAINERD = [["driver-type", "io.containerd.snapshotter.v1"]]
OVERLAY = [["Backing Filesystem", "extfs"], ["Supports d_type", "true"]]


@pytest.mark.parametrize(
    ("told", "begins"),
    [
        ({"Driver": "overlayfs", "DriverStatus": CONTAINERD}, "containerd image store"),
        ({"Driver": "overlay2", "DriverStatus": OVERLAY}, "overlay2 (no image index"),
        ({"Driver": "vfs", "DriverStatus": None}, "vfs: ops0 is measured with"),
        ({}, "unknown: "),
    ],
)
def test_what_is_said_of_a_store(told: dict[str, Any], begins: str) -> None:
    assert store_text(told).startswith(begins)
