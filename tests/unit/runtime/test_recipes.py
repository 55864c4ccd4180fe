"""A cached result is taken for what the same code made of the same inputs, and for nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from handmade import a_step

from ops0.core.pipeline import FromCall, FromCalls, FromConstant, FromParam, FromParts
from ops0.core.step_options import Caching
from ops0.runtime.keeping.recipes import Recipe, cache_key, difference, plain_input, recipe_of
from ops0.runtime.outputs.manifest import Value, ValueFile

A, B = (FromCall(call=name, rule="called with it") for name in "ab")
N = FromParam(param="n", required=False, default=3, annotation="int")


def a_value(content: str, stored: str = "json", items: tuple[Value, ...] | None = None) -> Value:
    file = ValueFile(name="value.json", size=1, sha256=content * 64)
    return Value(format=stored, type="builtins.int", size=1, files=(file,), preview="", items=items)


def given(make: SimpleNamespace, source: Any, params: Any = None, **values: Value) -> str:
    """The digest of the one input of a call."""
    return recipe_of(
        make.call("c", given=source), "code", params or {}, lambda call: values[call]
    ).inputs["given"]


def test_what_a_call_gave_counts_by_its_content(make: SimpleNamespace) -> None:
    one, same, other = (given(make, A, a=a_value(content)) for content in "778")
    assert one == same
    assert one != other
    assert given(make, A, a=a_value("7")) == given(make, B, b=a_value("7")), "not by who gave it"


def test_an_item_counts_alone_where_it_was_stored_alone(make: SimpleNamespace) -> None:
    def item(index: int, *contents: str) -> str:
        parts = tuple(a_value(content) for content in contents)
        value = a_value("0", "tuple", parts)
        return given(make, FromCall(call="a", rule="unpacked", item=index), a=value)

    assert item(0, "7", "8") == item(0, "7", "9") == item(1, "8", "7")
    assert item(1, "7", "8") != item(1, "7", "9")


@pytest.mark.parametrize("whole", [a_value("7"), a_value("7", "tuple", (a_value("1"),))])
def test_an_item_of_what_was_stored_whole_counts_by_the_whole_and_its_place(
    make: SimpleNamespace, whole: Value
) -> None:
    sources = [FromCall(call="a", rule="unpacked", item=item) for item in (1, 2, None)]
    digests = [given(make, source, a=whole) for source in sources]
    assert len(set(digests)) == 3


def test_a_list_of_results_counts_with_its_order(make: SimpleNamespace) -> None:
    values = {"a": a_value("7"), "b": a_value("8")}
    listed = [FromCalls(call="m", calls=calls) for calls in (("a", "b"), ("b", "a"), ("a",))]
    assert len({given(make, one, **values) for one in listed}) == 3


def test_a_parameter_counts_by_what_it_is_now(make: SimpleNamespace) -> None:
    assert given(make, N) == given(make, N, {"n": 3}) == given(make, FromConstant(value=3))
    kinds = (3, 3.5, "3", True, None, [3], {"n": 3})
    assert len({given(make, N, {"n": value}) for value in kinds}) == len(kinds)


def test_a_file_that_a_text_names_counts_by_its_content(make: SimpleNamespace) -> None:
    def with_file(digest: str | None, value: Any = "rows.csv") -> str:
        call = make.call("c", given=FromConstant(value=value))
        told = recipe_of(call, "code", {}, lambda _: a_value("0"), content=lambda _: digest)
        return told.inputs["given"]

    assert len({with_file(None), with_file("1"), with_file("2"), with_file("1", "more.csv")}) == 4
    assert with_file("1", 7) == with_file(None, 7), "a number names no file"


def test_a_kept_model_is_an_input(make: SimpleNamespace) -> None:
    call = make.call("c", given=FromConstant(value=1))
    told = recipe_of(call, "code", {}, lambda _: a_value("0"), model="m")
    assert told.code == "code"
    assert told.inputs[".model"] == "m"
    assert set(told.inputs) == {"given", ".model"}


@pytest.mark.parametrize("source", [A, FromCalls(call="a", calls=()), FromParts(parts=(), shape=0)])
def test_what_calls_give_is_no_plain_argument(source: Any) -> None:
    assert plain_input(source, {}) is None


RECIPE = Recipe(code="code", inputs={"given": "1"})


def key(make: SimpleNamespace, recipe: Recipe = RECIPE, **told: Any) -> str:
    options = {"cache": Caching(key=told.get("key")), "secrets": told.get("secrets", ())}
    call = make.call("c", step="s", **told.get("inputs", {"given": FromConstant(value=1)}))
    step = a_step(told.get("step", "s"), **options)
    return cache_key(
        (told.get("root", "/a"), told.get("pipeline", "p")),
        step,
        call,
        recipe,
        told.get("params", {}),
    )


def test_each_part_of_a_recipe_is_in_its_key(make: SimpleNamespace) -> None:
    keys = [
        key(make),
        key(make, Recipe(code="other", inputs=RECIPE.inputs)),
        key(make, Recipe(code="code", inputs={"given": "2"})),
        key(make, Recipe(code="code", inputs={"taken": "1"})),
        key(make, Recipe(code="code", inputs={"given": "1", ".model": "m"})),
        key(make, pipeline="another"),
        key(make, step="another"),
        key(make, secrets=(("TOKEN", "env:TOKEN"),)),
        key(make, secrets=(("TOKEN", "env:OTHER"),)),
        key(make, key="day"),
    ]
    assert len(set(keys)) == len(keys)
    assert key(make) == key(make) == key(make, root="/b"), "the same project lies elsewhere"


@pytest.mark.parametrize(
    ("secret", "own"),
    [("file:token", True), ("file:/run/token", False), ("file:~/token", False), ("env:T", False)],
)
def test_a_secret_beside_the_code_is_each_checkouts_own(
    make: SimpleNamespace, secret: str, own: bool
) -> None:
    here, there = (key(make, secrets=(("TOKEN", secret),), root=root) for root in ("/a", "/b"))
    assert (here != there) is own


def test_a_key_of_ones_own_stands_for_all_inputs_but_not_for_the_code(
    make: SimpleNamespace,
) -> None:
    inputs = {"user": FromParam(param="user", required=True), "given": A}

    def mine(text: str, recipe: Recipe = RECIPE, user: Any = 1) -> str:
        return key(make, recipe, key=text, inputs=inputs, params={"user": user})

    other = Recipe(code="code", inputs={"given": "2", "user": "9"})
    assert mine("user_{user}") == mine("user_{user}", other)
    assert mine("user_{user}") != mine("user_{user}", user=2)
    assert mine("user_{user}") != mine("user_{user}", Recipe(code="new", inputs=RECIPE.inputs))
    assert mine("{given}") != mine("{given}", other), "what a call gave stands in it by its digest"


@pytest.mark.parametrize("value", [[1], {"n": 1}])
def test_a_list_or_a_dict_stands_in_a_key_by_its_digest(make: SimpleNamespace, value: Any) -> None:
    inputs = {"given": FromConstant(value=value)}
    one = key(make, key="{given}", inputs=inputs)
    assert one != key(
        make, Recipe(code="code", inputs={"given": "2"}), key="{given}", inputs=inputs
    )


def test_a_kept_model_stands_in_a_key_by_its_digest(make: SimpleNamespace) -> None:
    one, other = (
        Recipe(code="code", inputs={"given": "1", ".model": digest}) for digest in ("m", "n")
    )
    assert key(make, one, key="{model}") != key(make, other, key="{model}")


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ({"x": "1"}, {"x": "1"}, None),
        ({"x": "1"}, {"x": "2"}, "'x' has changed"),
        ({"x": "1"}, {"x": "1", "y": "1"}, "'y' has changed"),
        ({"x": "1", "y": "1"}, {"x": "1"}, "'y' has changed"),
        ({"x": "1", "y": "1"}, {"x": "2", "y": "2"}, "'x', 'y' have changed"),
        ({".model": "1"}, {".model": "2"}, "its model has changed"),
        ({}, dict.fromkeys("abcde", "1"), "'a', 'b', 'c' and 2 more have changed"),
    ],
)
def test_what_has_changed_is_said(
    before: dict[str, str], now: dict[str, str], words: str | None
) -> None:
    assert difference(Recipe(code="c", inputs=before), Recipe(code="c", inputs=now)) == words


def test_changed_code_is_said_first() -> None:
    before, now = Recipe(code="c", inputs={"x": "1"}), Recipe(code="d", inputs={"x": "2"})
    assert difference(before, now) == "its code or what it needs has changed"
