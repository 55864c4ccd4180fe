"""``step.map(items)``: how many calls it becomes, and what they and their readers are given."""

from __future__ import annotations

from typing import Any

import pytest

import ops0
from ops0.core.graphs.spreading import (
    MOST_ITEMS,
    CannotMap,
    item_count,
    item_id,
    mapped_over,
    of_item,
    spread_call,
)
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromCalls,
    FromConstant,
    FromParam,
    FromParts,
    Pipeline,
    StepName,
    Where,
)


def call(name: str, *each: str, **inputs: Any) -> Call:
    given = tuple(inputs.items())
    where = Where("pipeline.py", 7)
    return Call(id=CallId(name), step=StepName(name), inputs=given, where=where, each=each)


def result(name: str, item: int | None = None) -> FromCall:
    return FromCall(call=CallId(name), rule="called with it", item=item)


def pipeline(*calls: Call) -> Pipeline:
    return Pipeline(
        name="test",
        entry="pipeline.py",
        steps=(),
        calls=calls,
        results=(calls[-1].id,),
        explicit=True,
    )


LIST = FromParam(param="xs", required=True)


def test_items_of_a_result_are_known_when_it_is_there() -> None:
    train = call("train", "fold", fold=result("split"), strength=FromConstant(value=2))
    assert item_count(train, {}, {}) is None
    assert item_count(train, {}, {CallId("split"): 3}) == 3
    assert item_count(call("train", "x", x=LIST), {"xs": [1, 2]}, {}) == 2
    assert item_count(call("train", "x", x=FromConstant(value=[])), {}, {}) == 0


@pytest.mark.parametrize(
    ("mapped", "params", "fact"),
    [
        (
            call("f", "x", x=LIST),
            {"xs": "ab"},
            "pipeline.py:7: f.map: 'x' is 'ab', and has no items",
        ),
        (call("f", "x", x=LIST), {"xs": {"a": 1}}, "has no items"),
        (call("f", "x", x=LIST), {"xs": [0] * (MOST_ITEMS + 1)}, "10001 items, at most 10000"),
        (
            call("f", "x", "y", x=LIST, y=FromConstant(value=[1])),
            {"xs": [1, 2]},
            "'x' has 2, 'y' has 1 items",
        ),
    ],
)
def test_what_has_no_items_is_told(mapped: Call, params: dict[str, Any], fact: str) -> None:
    with pytest.raises(CannotMap, match=fact.replace(".", r"\.").replace("(", r"\(")):
        item_count(mapped, params, {})


def test_its_calls_get_an_item_each_and_its_reader_a_list() -> None:
    whole = pipeline(
        call("split"),
        call("train", "fold", "weight", fold=result("split"), weight=LIST, rows=result("split")),
        call("score", "model", model=result("train")),
        call("best", models=result("train"), scores=result("score")),
    )
    assert mapped_over(whole) == {"split", "train"}
    params = {"xs": [5, 6]}
    once = spread_call(whole, whole.calls[1], 2, params)
    assert [one.id for one in once.calls] == ["split", "train[0]", "train[1]", "score", "best"]
    assert dict(once.calls[2].inputs) == {
        "fold": result("split", 1),
        "weight": FromConstant(value=6),
        "rows": result("split"),
    }
    assert once.calls[2].each == ()
    trained = FromCalls(call=CallId("train"), calls=(CallId("train[0]"), CallId("train[1]")))
    assert dict(once.calls[4].inputs)["models"] == trained
    assert item_count(once.calls[3], params, {}) == 2
    twice = spread_call(once, once.calls[3], 2, params)
    ((_, given),) = twice.calls[4].inputs
    assert isinstance(given, FromCall)
    assert (given.call, given.item) == ("train[1]", None)
    assert twice.results == ("best",)


def test_a_list_of_results_is_mapped_over_and_holds_what_a_mapped_call_gives() -> None:
    parts = FromParts(parts=(result("a"), result("train")), shape=["list", 0, ["tuple", 1, 0]])
    whole = pipeline(
        call("a"),
        call("train", "x", x=FromConstant(value=[1, 2])),
        call("score", "model", model=parts),
        call("best", models=parts),
    )
    assert mapped_over(whole) == set()
    assert item_count(whole.calls[2], {}, {}) == 2
    once = spread_call(whole, whole.calls[2], 2, {})
    assert dict(once.calls[2].inputs) == {"model": result("a")}
    pair = FromParts(parts=(result("train"), result("a")), shape=["tuple", 0, 1])
    assert dict(once.calls[3].inputs) == {"model": pair}
    twice = spread_call(once, once.calls[1], 2, {})
    trained = FromCalls(call=CallId("train"), calls=(CallId("train[0]"), CallId("train[1]")))
    assert dict(twice.calls[4].inputs)["model"].parts == (trained, result("a"))
    assert dict(twice.calls[5].inputs)["models"].parts == (result("a"), trained)


def test_a_dict_of_results_is_not_mapped_over() -> None:
    named = FromParts(parts=(result("a"),), shape=["dict", ["x"], 0])
    with pytest.raises(CannotMap, match="'x' is a dict") as caught:
        item_count(call("f", "x", x=named), {}, {})
    assert caught.value.hint == "give a list of its values"


def test_the_name_of_an_item_tells_its_call() -> None:
    assert of_item(item_id(CallId("a-2"), 13)) == ("a-2", 13)
    assert of_item(CallId("a-2")) is None


@ops0.step
def add(x: int, y: int = 1) -> int:
    return x + y


def test_a_step_maps_as_plain_python_too() -> None:
    assert add.map([1, 2], y=3) == [4, 5]
    assert add.map(iter([1, 2]), (10, 20)) == [11, 22]
    assert add.map([]) == []
    assert repr(add.map) == "<add.map>"
    with pytest.raises(TypeError, match="nothing to go over"):
        add.map(y=3)
    with pytest.raises(ValueError, match="goes over 2, 1 items"):
        add.map([1, 2], [3])
