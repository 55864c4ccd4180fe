"""Who provides an argument when nobody wrote it down; order and cycles."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.errors import ErrorGroup, InvalidPipelineError
from ops0.core.graph import (
    AmbiguousProvider,
    Argument,
    DuplicateStep,
    Edge,
    MissingProvider,
    Node,
    PipelineCycle,
    implicit_edges,
    last_steps,
    run_order,
)
from ops0.core.graphs.agreement import agree, gives_nothing
from ops0.core.graphs.participles import participles


def node(text: str, *, output: str | None = None, place: str | None = None) -> Node:
    """Read ``name(a, b: int, c=) -> list``: a ``=`` at the end is a default."""
    head, _, returns = text.partition(" -> ")
    name, _, inside = head.partition("(")
    parameters = []
    for one in filter(None, (part.strip() for part in inside.rstrip(")").split(","))):
        argument, _, annotation = one.rstrip("=").partition(": ")
        parameters.append(
            Argument(name=argument, annotation=annotation or None, has_default=one.endswith("="))
        )
    return Node(
        name=name, parameters=tuple(parameters), output=output, returns=returns or None, place=place
    )


def edges(*nodes: Node | str, given: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Join, and show each edge as (step, parameter, where from)."""
    joined = implicit_edges([node(one) if isinstance(one, str) else one for one in nodes], given)
    return [(edge.step, edge.parameter, edge.provider or edge.kind) for edge in joined]


@pytest.mark.parametrize(
    ("nodes", "given", "found"),
    [
        (["load", "fit(load)"], ("load",), [("fit", "load", "param")]),
        (["rows", "make_rows", "fit(rows)"], (), [("fit", "rows", "rows")]),
        (["Load-Rows", "fit(load_rows)"], (), [("fit", "load_rows", "Load-Rows")]),
        (["generate_data", "fit(data)"], (), [("fit", "data", "generate_data")]),
        (["process_data", "other", "fit(processed)"], (), [("fit", "processed", "process_data")]),
        (["clean", "other", "fit(cleaned)"], (), [("fit", "cleaned", "clean")]),
        (["clean_rows", "x", "fit(cleaned_rows)"], (), [("fit", "cleaned_rows", "clean_rows")]),
        (["split_rows", "x", "fit(split)"], (), [("fit", "split", "split_rows")]),
        (["load", "fit(anything)"], (), [("fit", "anything", "load")]),
        (["load -> list", "fit(x: Sequence[int])"], (), [("fit", "x", "load")]),
        (["load -> None", "make", "fit(x)"], (), [("fit", "x", "make")]),
        (["fit(k=)"], (), [("fit", "k", "default")]),
        (["load", "fit(k=)"], (), [("fit", "k", "default")]),
        (["load -> int", "fit(k: int=)"], (), [("fit", "k", "load")]),
        (["load -> list", "count(load) -> int", "fit(load, k: int=)"], (), [
            ("count", "load", "load"), ("fit", "load", "load"), ("fit", "k", "default")]),
        (["load -> str", "fit(k: int=)"], (), [("fit", "k", "default")]),
        (["load_rows", "fit(k, rows)"], ("k",), [("fit", "k", "param"), ("fit", "rows", "load_rows")]),
    ],
)  # fmt: skip
def test_the_first_rule_that_hits(
    nodes: list[str], given: tuple[str, ...], found: list[tuple[str, str, str]]
) -> None:
    assert edges(*nodes, given=given) == found


def test_output_goes_before_the_verb() -> None:
    nodes = [node("one", output="rows"), node("make_rows"), node("fit(rows)")]
    assert edges(*nodes) == [("fit", "rows", "one")]


def test_the_guides_pipeline() -> None:
    joined = implicit_edges(
        [
            node("generate_data -> list"),
            node("process_data(data: list) -> list"),
            node("summarize(processed: list) -> dict"),
        ]
    )
    assert [(edge.provider, edge.rule) for edge in joined] == [
        ("generate_data", "it is named <verb>_data"),
        ("process_data", "'processed' is what its verb has done"),
    ]
    assert last_steps(["generate_data", "process_data", "summarize"], joined) == ("summarize",)


def test_a_parameter_that_names_a_result_gets_it_before_one_that_does_not() -> None:
    assert edges("load_rows", "make", "fit(x, rows)") == [
        ("fit", "x", "make"),
        ("fit", "rows", "load_rows"),
    ]


def test_nobody_provides_it() -> None:
    with pytest.raises(MissingProvider) as caught:
        edges("load_rows -> int", "go -> None", node("fit(x: str)", place="pipeline.py:12"))
    assert str(caught.value) == (
        "pipeline.py:12: Step 'fit' expects argument 'x' but no previous step provides it. "
        "Available outputs: load_rows"
    )
    assert (caught.value.step, caught.value.argument, caught.value.available) == (
        "fit",
        "x",
        ("load_rows",),
    )
    assert caught.value.exit_code == InvalidPipelineError.exit_code


def test_the_first_step_has_nothing_before_it() -> None:
    with pytest.raises(MissingProvider, match="Available outputs: none"):
        edges("fit(x)")


def test_a_step_never_feeds_itself_or_an_earlier_one() -> None:
    with pytest.raises(MissingProvider) as caught:
        edges("fit(rows)", "load_rows")
    assert caught.value.later == "load_rows"
    assert (
        caught.value.hint == "step 'load_rows' would provide it but is declared later: move it up"
    )
    with pytest.raises(MissingProvider):
        edges("clean_rows(rows)")


@pytest.mark.parametrize(
    "steps", [("a(b)", "b(a)"), ("a(c)", "b(a)", "c(b)")], ids=["two", "by way of a third"]
)
def test_of_steps_that_wait_for_each_other_none_can_be_moved_up(steps: tuple[str, ...]) -> None:
    with pytest.raises(MissingProvider) as caught:
        edges(*steps)
    assert "waits for 'a' itself" in (caught.value.hint or "")


def test_what_is_left_is_not_taken_where_a_later_step_has_the_name() -> None:
    """``total`` was given what ``load`` gave, and what ``clean`` gave was a result that nobody took."""
    with pytest.raises(MissingProvider) as caught:
        edges("load", "total(clean)", "clean(load)")
    assert (caught.value.step, caught.value.later) == ("total", "clean")
    assert edges("load", "total(clean=)", "clean(load)") == [
        ("total", "clean", "default"),
        ("clean", "load", "load"),
    ]


@pytest.mark.parametrize(
    ("nodes", "candidates"),
    [
        (["load_rows", "clean_rows(rows)", "fit(rows)"], ("load_rows", "clean_rows")),
        (["clean_a", "clean_b", "fit(cleaned)"], ("clean_a", "clean_b")),
        (["a", "b", "fit(x)"], ("a", "b")),
        (["a -> int", "b -> int", "c -> str", "fit(x: int)"], ("a", "b")),
    ],
)
def test_two_provide_it_equally(nodes: list[str], candidates: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousProvider) as caught:
        edges(*nodes)
    assert caught.value.candidates == candidates
    assert caught.value.exit_code == InvalidPipelineError.exit_code
    for name in candidates:
        assert name in str(caught.value)


def test_two_outputs_of_one_name_are_equal() -> None:
    with pytest.raises(AmbiguousProvider):
        edges(node("a", output="x"), node("b", output="x"), node("fit(x)"))


def test_faults_are_reported_together() -> None:
    with pytest.raises(ErrorGroup) as caught:
        edges("fit(x)", "use(y: int, fit)", "fit")
    assert [type(error) for error in caught.value.errors] == [
        MissingProvider,
        MissingProvider,
        DuplicateStep,
    ]
    assert caught.value.exit_code == InvalidPipelineError.exit_code


def test_several_last_steps() -> None:
    names = ["load", "a_model", "b_model"]
    joined = [
        Edge(step=name, parameter="load", kind="step", provider="load", rule="")
        for name in names[1:]
    ]
    assert last_steps(names, joined) == ("a_model", "b_model")


@pytest.mark.parametrize(
    ("result", "wanted", "fits"),
    [
        ("list", "list[int]", True),
        ("pd.DataFrame", "pandas.DataFrame", True),
        ("DataFrame | None", "DataFrame", True),
        ("int", "float", True), ("float", "int", False),
        ("'Rows'", "Rows", True), ("Optional[int]", "Union[str, int]", True),
        ("Iterator[dict]", "Iterable[dict]", True), ("list", "dict", False), ("Any", "int", True), (None, "int", True),
        ("int", None, True), ("None", "int", False), ("Annotated[int, 3]", "int", True), ("(((", "int", True),
        ("bool", "int", True), ("int", "bool", False), ('Literal["a"]', "str", True), ("Literal[1]", "str", False),
        ("Literal[1]", "float", True), ("Literal[Color.RED]", "Color", True), ("str", "Sequence[str]", True),
        ("t.Optional['int']", "int", True), ("Union[int, f(x)]", "str", True),
    ],
)  # fmt: skip
def test_annotations_agree(result: str | None, wanted: str | None, fits: bool) -> None:
    assert agree(result, wanted) is fits


@given(st.text(), st.text())
def test_no_annotation_is_too_strange(result: str, wanted: str) -> None:
    assert agree(result, wanted) in (True, False)
    assert gives_nothing(result) in (True, False)


@pytest.mark.parametrize(
    ("verb", "form"),
    [("process", "processed"), ("merge", "merged"), ("apply", "applied"), ("plan", "planned"), ("train", "trained"),
     ("filter", "filtered"), ("label", "labelled"), ("play", "played"), ("build", "built"), ("fix", "fixed"),
     ("clean", "cleaned"), ("split", "split"), ("join", "joined"), ("tag", "tagged"), ("mix", "mixed")],
)  # fmt: skip
def test_participles(verb: str, form: str) -> None:
    assert form in participles(verb)


def test_order_keeps_what_it_may() -> None:
    assert run_order("abc", {}) == ("a", "b", "c")
    assert run_order("cab", {"c": ["a"], "a": ["b"]}) == ("b", "a", "c")


@pytest.mark.parametrize(
    ("needs", "path"),
    [
        ({"a": ["a"]}, ("a", "a")),
        ({"a": ["b"], "b": ["a"]}, ("a", "b", "a")),
        ({"a": ["b"], "b": ["c"], "c": ["d"], "d": ["b"]}, ("b", "c", "d", "b")),
    ],
)
def test_a_cycle_is_shown(needs: dict[str, list[str]], path: tuple[str, ...]) -> None:
    with pytest.raises(PipelineCycle) as caught:
        run_order("abcde", needs)
    assert caught.value.path == path
    assert " -> ".join(path) in str(caught.value)


@given(st.dictionaries(st.integers(0, 12), st.sets(st.integers(0, 12), max_size=4)))
def test_every_order_is_right_and_every_cycle_real(drawn: dict[int, set[int]]) -> None:
    names = [str(number) for number in range(13)]
    needs = {str(name): sorted(map(str, those)) for name, those in drawn.items()}
    try:
        order = run_order(names, needs)
    except PipelineCycle as fault:
        path = fault.path
    else:
        assert sorted(order) == sorted(names)
        assert all(order.index(need) < order.index(name) for name in needs for need in needs[name])
        return
    assert path[0] == path[-1]
    assert all(b in needs[a] for a, b in itertools.pairwise(path))


def test_ten_thousand_steps_are_joined_in_a_moment() -> None:
    nodes = [node("make_0")] + [node(f"make_{at}(make_{at - 1})") for at in range(1, 10_000)]
    joined = implicit_edges(nodes)
    assert len(joined) == 9_999
    needs = {edge.step: [edge.provider] for edge in joined if edge.provider}
    assert run_order([one.name for one in nodes], needs)[-1] == "make_9999"
