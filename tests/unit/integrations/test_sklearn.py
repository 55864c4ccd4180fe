"""Estimators with classes of one's own: kept by skops where somebody trusts them by name, refused where nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from ops0.core.storage import register_serializer
from ops0.core.values import custom
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.store import load_value, save_value
from ops0.integrations.sklearn import EstimatorSerializer

X = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [2.0, 2.0]])
Y = np.array([0, 1, 0, 1])


class Winsorizer(TransformerMixin, BaseEstimator):
    def fit(self, rows: np.ndarray, goal: object = None) -> Winsorizer:
        self.low_, self.high_ = np.quantile(rows, [0.1, 0.9])
        return self

    def transform(self, rows: np.ndarray) -> np.ndarray:
        return np.clip(rows, self.low_, self.high_)


@pytest.fixture
def model() -> Iterator[Pipeline]:
    before = dict(custom._serializers)
    yield make_pipeline(Winsorizer(), LogisticRegression()).fit(X, Y)
    custom._serializers.clear()
    custom._serializers.update(before)


def test_a_class_of_ones_own_needs_no_pickle(model: Pipeline, tmp_path: Path) -> None:
    assert save_value(model, str(tmp_path / "before"))["format"] == "pickle"
    register_serializer(Pipeline, EstimatorSerializer(Winsorizer))
    saved = save_value(model, str(tmp_path / "kept"))
    assert saved["format"] == "custom"
    back = load_value(saved, str(tmp_path / "kept"))
    assert (back.predict_proba(X) == model.predict_proba(X)).all()


def test_who_does_not_trust_it_neither_writes_nor_reads_it(model: Pipeline, tmp_path: Path) -> None:
    register_serializer(Pipeline, EstimatorSerializer())
    with pytest.raises(ValueFault, match="EstimatorSerializer"):
        save_value(model, str(tmp_path / "refused"))
    register_serializer(Pipeline, EstimatorSerializer(f"{__name__}.Winsorizer"))
    saved = save_value(model, str(tmp_path / "kept"))
    register_serializer(Pipeline, EstimatorSerializer("pipeline.Other"))
    with pytest.raises(InputFault, match="Winsorizer"):
        load_value(saved, str(tmp_path / "kept"))


@pytest.mark.parametrize("given", ["Winsorizer", 3, Winsorizer()])
def test_what_is_no_type_is_refused(given: object) -> None:
    with pytest.raises(TypeError, match="no full name"):
        EstimatorSerializer(given)
