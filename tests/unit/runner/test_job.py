"""STEP.json and the go line, read strictly."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.values.shape import put_together
from ops0_runner.job import JobFault, read_go, read_step

GO: dict[str, Any] = {
    "v": 1,
    "run": "r",
    "call": "c",
    "attempt": 2,
    "nonce": "ff",
    "output": "/out/2",
    "inputs": {
        "rows": {"from": "value", "path": "/in/1", "nonce": "aa", "item": 3, "manifest": "bb"},
        "k": {"from": "json", "value": None},
    },
}
STEP: dict[str, Any] = {
    "v": 1,
    "step": "s",
    "module": "m",
    "function": "f",
    "roots": ["/r"],
    "project": "/p",
    "needs": {"pandas>=2": ["pandas"]},
    "others": {"scipy": ["scipy.stats"]},
}


def line(fields: Any) -> bytes:
    return json.dumps(fields).encode()


def test_a_go_line() -> None:
    go = read_go(line(GO))
    assert (go.run, go.call, go.attempt, go.nonce, go.output) == ("r", "c", 2, "ff", "/out/2")
    rows, k = go.inputs["rows"], go.inputs["k"]
    assert (rows.is_value, rows.path, rows.nonce, rows.item, rows.digest) == (
        True,
        "/in/1",
        "aa",
        3,
        "bb",
    )
    assert (k.is_value, k.value, k.item, k.digest, k.as_path) == (False, None, None, None, False)
    path = {"from": "json", "value": "a.csv", "as": "path"}
    assert read_go(line({**GO, "inputs": {"k": path}})).inputs["k"].as_path is True


PART = {"from": "value", "path": "/in/1", "nonce": "aa"}
PARTS = {"from": "parts", "of": [PART, {"from": "json", "value": 1}]}


def test_an_argument_put_together() -> None:
    shape = ["dict", ["x", 3], 0, ["tuple", 1, ["list"]]]
    given = read_go(line({**GO, "inputs": {"k": {**PARTS, "shape": shape}}})).inputs["k"]
    assert given.parts is not None
    assert [part.is_value for part in given.parts] == [True, False]
    assert given.shape == shape
    assert put_together(shape, ["a", "b"]) == {"x": "a", 3: ("b", [])}


@pytest.mark.parametrize(
    "shape",
    [
        2,
        -1,
        True,
        None,
        [],
        ["set", 0],
        ["dict"],
        ["dict", ["x"]],
        ["dict", [[]], 0],
        ["list", [2]],
    ],
)
def test_a_shape_that_makes_no_sense_is_named(shape: Any) -> None:
    with pytest.raises(JobFault, match=r"inputs\.k\.shape: not a shape of its parts"):
        read_go(line({**GO, "inputs": {"k": {**PARTS, "shape": shape}}}))


@pytest.mark.parametrize("of", [None, {}, ["x"], [{"from": "no"}]])
def test_parts_that_make_no_sense_are_named(of: Any) -> None:
    with pytest.raises(JobFault, match=r"inputs\.k"):
        read_go(line({**GO, "inputs": {"k": {"from": "parts", "of": of, "shape": 0}}}))


def test_a_step_file(tmp_path: Path) -> None:
    (tmp_path / "step.json").write_bytes(line(STEP))
    step = read_step(str(tmp_path / "step.json"))
    assert (step.step, step.module, step.function, step.roots, step.project) == (
        "s",
        "m",
        "f",
        ("/r",),
        "/p",
    )
    assert step.needs == {"pandas>=2": ["pandas"]}
    assert step.others == {"scipy": ["scipy.stats"]}


@pytest.mark.parametrize("needs", [["pandas"], {"a": "a"}, {"a": [""]}, {"a": [1]}])
def test_needs_that_make_no_sense_are_named(tmp_path: Path, needs: Any) -> None:
    (tmp_path / "step.json").write_bytes(line({**STEP, "needs": needs}))
    with pytest.raises(JobFault, match=r"^needs"):
        read_step(str(tmp_path / "step.json"))


@pytest.mark.parametrize("lifeline", [-1, True, "5", 2.0])
def test_a_lifeline_that_is_no_descriptor_is_refused(tmp_path: Path, lifeline: Any) -> None:
    (tmp_path / "step.json").write_bytes(line({**STEP, "lifeline": lifeline}))
    with pytest.raises(JobFault, match=r"^lifeline"):
        read_step(str(tmp_path / "step.json"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2), ("v", None), ("run", ""), ("call", 3), ("attempt", 0), ("attempt", True), ("attempt", 1.0),
        ("nonce", None), ("output", "out"), ("output", "/out/../x"), ("output", "/o\0"), ("inputs", []),
        ("inputs", {"a": 1}), ("inputs", {"a": {"from": "pickle"}}), ("inputs", {"a": {"from": "json"}}),
        ("inputs", {"a": {"from": "value", "path": "in", "nonce": "a"}}),
        ("inputs", {"a": {"from": "value", "path": "/in"}}),
        ("inputs", {"a": {"from": "value", "path": "/in", "nonce": "a", "item": -1}}),
        ("inputs", {"a": {"from": "value", "path": "/in", "nonce": "a", "item": True}}),
        ("inputs", {"a": {"from": "value", "path": "/in", "nonce": "a", "manifest": 3}}),
    ],
)  # fmt: skip
def test_a_field_that_makes_no_sense_is_named(field: str, value: Any) -> None:
    with pytest.raises(JobFault, match=f"^{field}"):
        read_go(line({**GO, field: value}))
    with pytest.raises(JobFault, match=f"^{field}"):
        read_go(line({key: given for key, given in GO.items() if key != field}))


def test_a_step_file_with_a_model(tmp_path: Path) -> None:
    path = tmp_path / "STEP.json"
    model = {"path": "/ops0/model", "nonce": "aa", "manifest": "bb"}
    path.write_bytes(line({**STEP, "model": model}))
    found = read_step(str(path)).model
    assert found is not None
    assert (found.path, found.nonce, found.digest) == ("/ops0/model", "aa", "bb")
    for wrong in (3, {}, {**model, "path": "../x"}, {**model, "nonce": ""}):
        path.write_bytes(line({**STEP, "model": wrong}))
        with pytest.raises(JobFault, match="model"):
            read_step(str(path))


@pytest.mark.parametrize("field", ["v", "step", "module", "function", "roots"])
def test_a_step_file_lacks_nothing(field: str, tmp_path: Path) -> None:
    (tmp_path / "step.json").write_bytes(
        line({key: given for key, given in STEP.items() if key != field})
    )
    with pytest.raises(JobFault, match=f"^{field}"):
        read_step(str(tmp_path / "step.json"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.binary()
    | json_values.map(line)
    | st.dictionaries(st.sampled_from(sorted(GO)), json_values).map(
        lambda some: line({**GO, **some})
    )
)
def test_a_hostile_go_line_only_ever_raises_a_job_fault(data: bytes) -> None:
    with suppress(JobFault):
        go = read_go(data)
        assert go.output.startswith("/")
        assert go.attempt >= 1
