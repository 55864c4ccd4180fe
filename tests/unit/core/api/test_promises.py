"""``ops0.model.save`` in a step: files beside the result, nothing kept yet, and what is not known is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import ops0
from ops0.core.api import promises
from ops0.core.api.marks import StepDefinitionError
from ops0.core.api.promises import NotKeptYet, PromisedModel
from ops0.core.models.store import known_models
from ops0.core.values.faults import ValueFault


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    promises.take_promises(promises.Promises(str(tmp_path / "out.models"), ()))
    yield tmp_path / "out.models"
    promises._taking.clear()


def test_each_has_a_folder_of_its_own_and_nothing_is_kept(folder: Path) -> None:
    kept = ops0.model.save({"w": 1}, "detector", alias="best")
    ops0.model.save([2], "mlflow:other")
    assert isinstance(kept, PromisedModel)
    assert (kept.name, kept.alias) == ("detector", "best")
    assert json.loads((folder / "0/value.json").read_text()) == {"w": 1}
    assert json.loads((folder / "1/value.json").read_text()) == [2]
    told = [(one["name"], one["alias"], one["value"]["format"]) for one in promises.promised()]
    assert told == [("detector", "best", "json"), ("mlflow:other", None, "json")]
    assert known_models() == ()


@pytest.mark.parametrize("asked", ["version", "digest"])
def test_what_is_not_known_yet_is_told(folder: Path, asked: str) -> None:
    kept = ops0.model.save(1, "detector")
    with pytest.raises(NotKeptYet, match=f"its {asked} is not known") as caught:
        getattr(kept, asked)
    assert "ops0 run --json" in str(caught.value.hint)


def test_what_cannot_be_saved_promises_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StepDefinitionError, match="cannot name a model"):
        ops0.model.save(1, "../x")
    with pytest.raises(ValueFault):
        ops0.model.save(threading.Lock(), "lock")
    monkeypatch.setattr(promises, "MOST_MODELS", 0)
    with pytest.raises(ValueError, match="more than 0 models"):
        ops0.model.save(1, "m")
    assert promises.promised() == []
