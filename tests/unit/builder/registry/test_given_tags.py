"""Notes of names that pushes gave on an engine. No engine is asked here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ops0.host.owner import this_process
from ops0_builder.registry.given_tags import left_tags, notes_dir

ENGINE = cast("Any", SimpleNamespace(address=SimpleNamespace(text="unix:///engine.sock")))


@pytest.fixture(autouse=True)
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path))
    notes_dir().mkdir(parents=True)
    return notes_dir()


def note(**changes: object) -> str:
    gone = replace(this_process(), started=this_process().started + 1)
    told = {"owner": str(gone), "engine": ENGINE.address.text, "images": {"a:1": "sha256:0"}}
    return json.dumps({**told, **changes})


def test_those_of_a_push_that_is_gone_are_found(notes: Path) -> None:
    (notes / "gone.json").write_text(note())
    (notes / "lives.json").write_text(note(owner=str(this_process())))
    (notes / "elsewhere.json").write_text(note(engine="unix:///other.sock"))
    assert [(one.note.name, one.images) for one in left_tags(ENGINE)] == [
        ("gone.json", {"a:1": "sha256:0"})
    ]


@pytest.mark.parametrize(
    "damaged",
    ["", "{}", "[]", "null", "[" * 200_000, note(owner=None), note(images=[]), note(images=1)],
    ids=["nothing", "empty", "list", "null", "deep", "no owner", "list of images", "number"],
)
def test_a_damaged_note_keeps_nobody_from_the_others(notes: Path, damaged: str) -> None:
    (notes / "a.json").write_text(damaged)
    (notes / "b.json").write_text(note())
    assert [one.note.name for one in left_tags(ENGINE)] == ["b.json"]
