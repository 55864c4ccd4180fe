"""``ops0 report``: what it asks the engine for."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.cli import reporting
from ops0.core.pipeline import CallId
from ops0.runtime.events import Event, encode_event
from ops0.runtime.runs import RunFolder


def begun(kind: str, image: str) -> Event:
    calls = [{"call": "load", "step": "load", "after": [], "image": image, "where": "a.py:3"}]
    data = {"run": "r", "pipeline": "p", "entry": "a.py", "engine": "containers", "calls": calls}
    return Event(
        seq=1, time="2026-01-02T03:04:05.000+00:00", at=0.0, kind=kind, call=None, attempt=None,
        data=data,
    )  # fmt: skip


def test_the_page_of_a_resumed_run_has_the_images_that_it_went_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder(tmp_path / "20260102-030405-a1b2c3")
    folder.logs.mkdir(parents=True)
    events = begun("run.started", "sha256:old"), begun("run.resumed", "sha256:new")
    folder.events.write_bytes(b"".join(map(encode_event, events)))
    asked: list[str] = []
    monkeypatch.setattr(reporting, "_known", lambda images: asked.extend(images) or {})
    assert CallId("load") in reporting.run_page(folder)
    assert asked == ["sha256:new"]
