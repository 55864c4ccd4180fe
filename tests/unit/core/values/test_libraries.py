"""Values of polars and scikit-learn come back as they were, and what is told of values is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from ops0.core.values.about import about
from ops0.core.values.store import load_value, save_value

FRAME = pl.DataFrame(
    {"n": [1, None, 3], "s": ["x", None, "z"], "l": [[1], [2, 3], []], "d": [{"k": 1}] * 3},
    schema_overrides={"n": pl.Int16},
).with_columns(
    pl.Series("c", ["p", "q", "p"], dtype=pl.Categorical),
    pl.Series("e", ["p"] * 3, dtype=pl.Enum(["p"])),
)


@pytest.mark.parametrize("frame", [FRAME, FRAME.head(0), pl.DataFrame(), pl.concat([FRAME, FRAME])])
def test_a_polars_frame_comes_back_as_it_was(frame: Any, tmp_path: Path) -> None:
    saved = save_value(frame, str(tmp_path))
    back = load_value(saved, str(tmp_path))
    assert saved["format"] == "polars"
    assert (type(back), back.schema) == (pl.DataFrame, frame.schema)
    assert back.equals(frame)


def test_what_a_reader_changes_in_a_polars_frame_is_its_own(tmp_path: Path) -> None:
    saved = save_value(FRAME, str(tmp_path))
    back = load_value(saved, str(tmp_path))
    back[0, "n"] = 9
    assert load_value(saved, str(tmp_path)).equals(FRAME)


def test_a_polars_frame_of_python_objects_is_no_arrow_file() -> None:
    from ops0.core.values.polars_frames import is_polars_frame

    assert not is_polars_frame(pl.DataFrame({"o": pl.Series([{1}], dtype=pl.Object)}))


X = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5], [2.0, 2.0]])
Y = np.array([0, 1, 0, 1])


def test_an_estimator_is_stored_by_skops_where_it_trusts_all_of_it(tmp_path: Path) -> None:
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)
    saved = save_value(model, str(tmp_path))
    assert saved["format"] == "skops"
    assert (load_value(saved, str(tmp_path)).predict_proba(X) == model.predict_proba(X)).all()


def shout(values: Any) -> Any:
    return values * 2


def test_other_estimators_are_pickled(tmp_path: Path) -> None:
    model = make_pipeline(FunctionTransformer(shout), LogisticRegression()).fit(X, Y)
    saved = save_value(model, str(tmp_path))
    assert saved["format"] == "pickle"
    assert (load_value(saved, str(tmp_path)).predict(X) == model.predict(X)).all()


def test_without_skops_estimators_are_pickled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "skops", None)
    assert save_value(LogisticRegression(), str(tmp_path))["format"] == "pickle"


def test_what_is_told_of_values() -> None:
    columns = [["a", "int64"], ["s", "str" if pd.__version__ >= "3" else "object"]]
    frame = pd.DataFrame({"a": [1], "s": ["x"]})
    assert about(frame) == {"library": f"pandas {pd.__version__}", "rows": 1, "columns": columns}
    wide = about(pd.DataFrame([[0] * 130]))
    assert (len(wide["columns"]), wide["more_columns"]) == (100, 30)
    told = {"library": f"pyarrow {pa.__version__}", "rows": 2, "columns": [["a", "int64"]]}
    assert about(pa.table({"a": [1, 2]})) == told
    told = {"library": f"polars {pl.__version__}", "rows": 0, "columns": [["a", "Int8"]]}
    assert about(pl.DataFrame({"a": []}, schema={"a": pl.Int8})) == told
    told = {"library": f"numpy {np.__version__}", "shape": [2, 3], "dtype": "float32"}
    assert about(np.zeros((2, 3), "f4")) == told
    assert about(LogisticRegression(C=2.5))["parameters"]["C"] == "2.5"
    for plain in (1, "x", [1], {"a": 1}, None, int, object()):
        assert about(plain) == {}


def test_a_value_that_cannot_be_described_is_no_error() -> None:
    class Odd:
        @property
        def shape(self) -> Any:
            raise RuntimeError

    assert about(Odd()) == {}
