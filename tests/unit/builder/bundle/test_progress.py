"""What making a bundle says of its progress, and where it begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ops0.core.locked import Lock
from ops0.core.plan import Plan
from ops0.host.engine_socket import EngineSocket
from ops0_builder.bundle import making
from ops0_builder.bundle.making import Packing, _Counted, make_bundle


def test_each_hundred_million_bytes_are_told_once() -> None:
    told: list[str] = []
    counted = _Counted("of 235 MB in x.ops0", told.append)
    for size in (50_000_000, 60_000_000, 20_000_000, 105_000_000):
        counted.count(size)
    assert told == ["110 of 235 MB in x.ops0", "235 of 235 MB in x.ops0"]


def test_a_bundle_makes_the_folder_it_goes_into(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_made", lambda path, *_: str(path.write_bytes(b"...")))
    target = tmp_path / "to" / "carry" / "flow.ops0"
    plan = Plan(pipeline=make.pipeline(), images=())
    packing = Packing(plan=plan, lock=Lock(inputs="", steps=()), lock_texts={})
    assert make_bundle(target, packing, engine=EngineSocket.from_environment({}), say=print) == "3"
    assert list(target.parent.iterdir()) == [target]
