"""Values as rows of JSON and back."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core import pipeline as values
from ops0.core.kept_analyses import _CLASSES
from ops0.core.pipeline import FromConstant, FromParam, Reason, Slice, Warn, Where
from ops0.core.rows import from_rows, to_rows

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def back(value: object) -> object:
    return from_rows(json.loads(json.dumps(to_rows(value))), _CLASSES)


@given(JSON)
def test_what_a_pipeline_is_given_comes_back_with_its_types(value: object) -> None:
    assert repr(back(FromConstant(value=value))) == repr(FromConstant(value=value))


def test_equal_is_not_the_same() -> None:
    both = FromParam(param="x", required=True, default=[1, True, 1.0, "1"])
    assert repr(back(both)) == repr(both)
    texts = [Warn(where=Where("a", 1), text="x"), Warn(where=Where("a", True), text="x")]
    assert [repr(back(one)) for one in texts] == [repr(one) for one in texts]


def test_what_is_there_twice_is_written_once() -> None:
    where = Where("pipeline.py", 3)
    rows = to_rows(Warn(where=where, text="\ud800", hint=None))
    assert rows == [["Where", "pipeline.py", 3, None], ["Warn", {"r": 0}, "\ud800", None]]
    assert (
        len(to_rows(FromConstant(value=[where, Where("pipeline.py", 3), Reason(where, "")]))) == 3
    )


def test_a_set_is_refused_when_it_is_written() -> None:
    with pytest.raises(TypeError, match="set"):
        to_rows(FromConstant(value={1}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rows",
    [
        None,
        [],
        {},
        [[]],
        [1],
        [["os.system", "true"]],
        [["Where", "a"]],
        [["Where", "a", 1]],
        [["Where", "a", 1, None, 2]],
        [["Where", {"r": 0}, 1, None]],
        [["Where", {"r": "x"}, 1, None]],
        [["Where", {"r": 0, "l": []}, 1, None]],
        [["Where", {}, 1, None]],
        [["Where", {"d": 1}, 1, None]],
        [["StepName", "a"]],
        [[["Where"], "a", 1]],
    ],
)
def test_what_nobody_wrote_is_a_fault_and_makes_nothing(rows: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        from_rows(rows, _CLASSES)


@given(JSON | st.lists(st.lists(JSON)))
def test_any_json_is_a_value_or_a_fault(document: object) -> None:
    with suppress(ValueError):
        from_rows(document, _CLASSES)


def test_every_value_of_a_pipeline_can_be_kept() -> None:
    names = {one.__name__ for one in _CLASSES}
    assert {"Pipeline", "Step", "Slice", "Need", "Call", "FromCall", "Where"} <= names
    assert Slice.__module__ == values.__name__
