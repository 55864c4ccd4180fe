from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from clicks.runtime import digest, write_json

WEIGHTS = {"clicks": 0.1, "carts": 0.3, "orders": 0.6}


def integers(values: Any, name: str) -> NDArray[np.int64]:
    raw = np.asarray(values)
    if raw.ndim != 1 or raw.dtype.kind not in "iu":
        raise ValueError(name)
    return np.array(raw, dtype=np.int64)


@dataclass(frozen=True)
class Batch:
    features: NDArray[np.float32]
    session: NDArray[np.int64]
    target: NDArray[np.int64]
    names: tuple[str, ...]

    @classmethod
    def create(cls, features: Any, session: Any, target: Any, names: Sequence[str]) -> Batch:
        ids = integers(session, "session")
        order = np.argsort(ids, kind="stable")
        return cls(np.asarray(features, dtype=np.float32)[order], ids[order], integers(target, "target")[order], tuple(names))

    @property
    def groups(self) -> NDArray[np.int32]:
        return np.unique(self.session, return_counts=True)[1].astype(np.int32)

    def fingerprint(self) -> str:
        return digest([list(self.names), self.features.tobytes().hex(), self.session.tobytes().hex()])

    def width(self) -> int:
        return len(self.names)


def recall(batch: Batch, scores: Any, *, k: int = 20) -> dict[str, Any]:
    order = np.lexsort((-np.asarray(scores), batch.session))
    hits = 0
    start = 0
    for size in batch.groups:
        hits += int(batch.target[order][start : start + min(k, size)].sum())
        start += size
    return {"hits": hits, "recall": hits / max(1, int(batch.target.sum()))}


def weighted(folds: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    pooled = {name: sum(fold[name]["recall"] for fold in folds) / len(folds) for name in WEIGHTS}
    return {"pooled": pooled, "weighted": sum(WEIGHTS[name] * value for name, value in pooled.items())}


def fit(
    train: Batch, inner: Batch, *, folder: Path, rounds: int = 300, publish: Callable[[Path], None] | None = None
) -> tuple[lgb.Booster, dict[str, Any]]:
    data = lgb.Dataset(train.features, label=train.target, group=train.groups)
    held = lgb.Dataset(inner.features, label=inner.target, group=inner.groups, reference=data)

    def metric(predicted: Any, _: Any) -> tuple[str, float, bool]:
        return "recall", recall(inner, predicted)["recall"], True

    booster = lgb.train({"objective": "lambdarank", "metric": "None"}, data, rounds, valid_sets=[held], feval=metric)
    state = {"best": booster.best_iteration, "fingerprint": train.fingerprint()}
    write_json(folder / "state.json", state)
    booster.save_model(str(folder / "model.txt"))
    if publish is not None:
        publish(folder)
    return booster, state


def loaded(folder: Path) -> tuple[lgb.Booster, dict[str, Any]]:
    state = json.loads((folder / "state.json").read_text())
    return lgb.Booster(model_file=str(folder / "model.txt")), state


def importances(booster, names):
    return dict(zip(names, booster.feature_importance("gain").tolist()))
