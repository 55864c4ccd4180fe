"""The base of an engine, which may be others' too, is not taken away without a word."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from ops0.cli.commands import base
from ops0.cli.main import ops0_command


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, "sha256:new", False),
        ("sha256:same", "sha256:same", False),
        ("sha256:old", "sha256:new", True),
    ],
)
def test_what_a_new_base_took_the_place_of_is_told(
    before: str | None, after: str, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = iter([before, after, after])
    monkeypatch.setattr(base, "image_id", lambda *_: next(held))
    monkeypatch.setattr(base, "make_base", lambda *_, **__: "ops0-base:3.11")
    done = CliRunner().invoke(ops0_command, ["base", "--python", "3.11", "--from", "own:1"])
    assert done.stdout == "ops0-base:3.11\n"
    assert ("took the place of sha256:old; its steps are built anew" in done.stderr) == told
