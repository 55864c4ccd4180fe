"""Arguments put together of several: which shapes are ones, what their items are, and how people are shown them."""

from __future__ import annotations

from typing import Any

import pytest

from ops0.core.graphs.shapes import fits, items_of, shape_text
from ops0.core.pipeline import CallId, FromCall, FromConstant, FromParts

A, B = (FromCall(call=CallId(name), rule="called with it") for name in "ab")
ONE = FromConstant(value=1)


@pytest.mark.parametrize(
    "shape", [["list", 0, 2], ["tuple"], ["dict", ["x", 3, None], 0, ["list", 1], 2], 1]
)
def test_a_shape_of_its_parts(shape: Any) -> None:
    assert fits(FromParts(parts=(A, B, ONE), shape=shape))


def nested(depth: int) -> Any:
    shape: Any = 0
    for _ in range(depth):
        shape = ["list", shape]
    return shape


@pytest.mark.parametrize(
    "shape",
    [
        *(3, -1, True, None, "list", [], ["set", 0], ["list", 3], ["list", "0"], ["dict"]),
        *(["dict", ["x"]], ["dict", "x", 0], ["dict", [["x"]], 0], ["dict", 0, 0], nested(60)),
    ],
)
def test_what_is_no_shape_of_its_parts(shape: Any) -> None:
    assert not fits(FromParts(parts=(A, B, ONE), shape=shape))


def test_the_items_of_a_list_are_arguments_of_their_own() -> None:
    whole = FromParts(
        parts=(A, B, ONE), shape=["list", 2, ["dict", ["x", "y"], 1, ["tuple", 2]], 0]
    )
    assert items_of(whole) == (
        ONE,
        FromParts(parts=(B, ONE), shape=["dict", ["x", "y"], 0, ["tuple", 1]]),
        A,
    )
    assert items_of(FromParts(parts=(A,), shape=["dict", ["x"], 0])) is None


def test_people_are_shown_what_python_would_write() -> None:
    shape = ["dict", ["x", 3], ["tuple", 0], ["list", 1, ["tuple", 0, 2]]]
    assert shape_text(shape, ["<a>", "<b>", "1"]) == "{'x': (<a>,), 3: [<b>, (<a>, 1)]}"
    many = [f"<m-{number}>" for number in range(100)]
    assert shape_text(["list", *range(100)], many) == (
        "[<m-0>, <m-1>, <m-2>, <m-3>, <m-4>, <m-5>, … 100 in all …, <m-99>]"
    )
