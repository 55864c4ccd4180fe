"""The decorators: marks on a function that stays the function it was."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

import ops0
from ops0.core.decorators import (
    StepDefinitionError,
    cleanup_after,
    image,
    options_of,
    pipeline,
    requires,
    resources,
    retry,
    step,
    timeout,
)

if TYPE_CHECKING:
    from decimal import Decimal


@step
def at_module_level(x: int = 2, *, y: int = 3) -> int:
    return x * y


def test_a_decorated_function_is_the_function() -> None:
    def plain(x: int) -> int:
        return x

    assert step(plain) is plain
    assert pickle.loads(pickle.dumps(at_module_level)) is at_module_level
    assert at_module_level(4, y=5) == 20


def test_keyword_only_defaults_and_missing_annotations() -> None:
    @step
    def loose(a, *, b=None):  # type: ignore[no-untyped-def]
        return a, b

    assert at_module_level.input_signature == {"x": (int, 2), "y": (int, 3)}
    assert loose.input_signature == {"a": Any, "b": (Any, None)}
    assert loose.output_signature is Any


def test_an_annotation_that_cannot_be_evaluated_stays_text_and_hides_no_other() -> None:
    @step
    def typed(a: Decimal, b: int) -> list[Decimal]:
        return [a] * b

    assert typed.input_signature == {"a": "Decimal", "b": int}
    assert typed.output_signature == "list[Decimal]"


def test_a_type_of_the_enclosing_function_is_found() -> None:
    class Row:
        pass

    @step
    def first(row: Row) -> Row:
        return Row() if row is None else row

    assert first.input_signature == {"row": Row}


def test_wraps_shows_the_inner_signature() -> None:
    def inner(data: list[int], k: int = 1) -> int:
        return len(data) * k

    @functools.wraps(inner)
    def wrapper(*args: Any, **kwargs: Any) -> int:
        return inner(*args, **kwargs)

    marked = step(wrapper)
    assert marked.input_signature == {"data": list[int], "k": (int, 1)}
    assert marked([1, 2]) == 2


ABOVE = [
    retry(max_attempts=3, backoff="1s"),
    timeout("10m"),
    resources(cpu=2, memory="4GiB", network=True, native_code=False),
    requires("pyarrow>=15", apt=["libgomp1"]),
    image(python="3.12", group="legacy"),
    cleanup_after(minutes=5),
]
SAID = {
    "retry": {"max_attempts": 3, "backoff": 1.0, "on": ()},
    "timeout": 600.0,
    "resources": {"cpu": 2, "memory": 4 * 1024**3, "network": True, "native_code": False},
    "requires": {"distributions": ("pyarrow>=15",), "apt": ("libgomp1",)},
    "image": {"base": None, "python": "3.12", "group": "legacy"},
    "cleanup_after": 300.0,
}


@pytest.mark.parametrize("at", range(len(ABOVE) + 1))
def test_the_order_of_decorators_does_not_matter(at: int) -> None:
    order: list[Callable[..., Any]] = list(ABOVE)
    order.insert(at, step)

    def work(x: int) -> int:
        return x + 1

    marked: Any = work
    for decorator in order:
        marked = decorator(marked)
    assert marked is work
    assert marked.is_ops0_step is True
    assert options_of(marked) == SAID


def test_requires_adds_up_in_reading_order() -> None:
    @requires("a", apt="libone")
    @requires("b>=2", "c")
    @step
    def work() -> None: ...

    assert options_of(work)["requires"] == {"distributions": ("a", "b>=2", "c"), "apt": ("libone",)}


def test_name_and_output() -> None:
    @step(name="clean-rows", output="rows")
    def clean() -> None: ...

    assert (clean.__ops0_name__, clean.__ops0_output__) == ("clean-rows", "rows")  # type: ignore[attr-defined]


async def asynchronous() -> None: ...


def star(*rows: int) -> None: ...


def keywords(**rows: int) -> None: ...


def positional(a: int, /) -> None: ...


class Holder:
    def method(self) -> None: ...


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: step(asynchronous), "asynchronous"),
        (lambda: step(star), "*args"),
        (lambda: step(keywords), "**kwargs"),
        (lambda: step(positional), "positional-only"),
        (lambda: step(Holder.method), "is a method"),
        (lambda: step(Holder), "not on a function"),  # type: ignore[type-var]
        (lambda: step(functools.partial(star)), "not on a function"),
        (lambda: step("load"), "not on a function"),  # type: ignore[call-overload]
        (lambda: step(lambda: 1), "cannot name a step"),
        (lambda: step(name="a\nRUN id")(at_module_level), "is no text"),
        (lambda: step(name="\N{KELVIN SIGN}eep")(at_module_level), "cannot name a step"),
        (lambda: requires(apt=["libgomp1=12.2"]), "is no name of a Debian package"),
        (lambda: step(name="../up")(at_module_level), "cannot name a step"),
        (lambda: step(name="x" * 64)(at_module_level), "cannot name a step"),
        (lambda: step(output="a b")(at_module_level), "output='a b'"),
        (lambda: pipeline("a/b"), "cannot name a pipeline"),
        (lambda: pipeline(Holder()), "cannot name a pipeline"),  # type: ignore[call-overload]
        (lambda: retry(max_attempts=0), "max_attempts=0"),
        (lambda: retry(max_attempts=True), "max_attempts=True"),
        (lambda: retry(on="ValueError"), "on='ValueError' names no exceptions"),  # type: ignore[arg-type]
        (lambda: retry(on=()), "on=() names no exceptions"),
        (lambda: retry(on=(ValueError, KeyboardInterrupt)), "names no exceptions"),  # type: ignore[arg-type]
        (lambda: retry(backoff="soon"), "'soon' is not a duration"),
        (lambda: timeout("0s"), "no time at all"),
        (lambda: timeout(-1), "-1 is not a duration"),
        (lambda: resources(cpu=0), "cpu=0"),
        (lambda: resources(cpu=float("nan")), "cpu=nan"),
        (lambda: resources(memory="4g"), "'4g' is not a size"),
        (lambda: resources(memory="1MiB"), "less than 6MiB"),
        (lambda: resources(gpu=1), "GPU"),
        (lambda: resources(network=1), "network=1"),  # type: ignore[arg-type]
        (lambda: resources(native_code="yes"), "native_code='yes'"),  # type: ignore[arg-type]
        (lambda: requires(""), "no requirement"),
        (lambda: requires("--index-url=x"), "no requirement"),
        (lambda: requires(apt=["a;b"]), "no name of a Debian package"),
        (lambda: requires("x", apt=None), "apt=None is no list"),  # type: ignore[arg-type]
        (lambda: requires("x", apt=5), "apt=5 is no list"),  # type: ignore[arg-type]
        (lambda: pipeline("n")(Holder), "@ops0.pipeline on type object, not on a function"),
        (
            lambda: timeout("999999999999999d"),
            "'999999999999999d' is not a duration of at most a hundred years",
        ),
        (lambda: image(python=3.1), "python=3.1"),  # type: ignore[arg-type]
        (lambda: image(python="2.7"), "python='2.7'"),
        (lambda: image(base="a\nb"), "base="),
        (lambda: timeout("1s")(timeout("2s")(star)), "said twice"),
        (cleanup_after, "how long"),
        (lambda: cleanup_after(star), "its arguments are missing"),  # type: ignore[arg-type]
        (lambda: cleanup_after("5m"), "minutes='5m' is no number"),  # type: ignore[arg-type]
        (lambda: cleanup_after(minutes=-1), "minutes=-1"),
        (lambda: cleanup_after(minutes=True), "minutes=True"),
        (lambda: cleanup_after(hours=float("nan")), "hours=nan"),
        (lambda: cleanup_after(days=float("inf")), "days=inf"),
        (lambda: cleanup_after(1)(cleanup_after(2)(star)), "said twice"),
        (lambda: retry()(3), "not on a function"),  # type: ignore[type-var]
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_is_said(
    make: Callable[[], Any], says: str
) -> None:
    with pytest.raises(StepDefinitionError) as caught:
        make()
    assert says in str(caught.value)
    assert caught.value.hint
    assert caught.value.exit_code == 19


def test_the_place_is_in_the_message() -> None:
    with pytest.raises(StepDefinitionError) as caught:
        step(star)
    assert caught.value.place == f"test_decorators.py:{star.__code__.co_firstlineno}"


def test_a_pipeline_function_stays_a_function() -> None:
    @ops0.pipeline
    def training(x: int) -> int:
        return at_module_level(x)

    @ops0.pipeline("other")
    def named() -> int:
        return 1

    assert training(5) == 15
    assert training.is_ops0_pipeline is True  # type: ignore[attr-defined]
    assert named.__ops0_name__ == "other"  # type: ignore[attr-defined]


def test_a_pipeline_is_not_opened_twice() -> None:
    scope = ops0.pipeline("once")
    with scope, pytest.raises(RuntimeError, match="open already"), scope:
        pass
