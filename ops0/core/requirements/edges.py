"""What a step needs because of where its inputs were made. Pure: a pipeline in, the pipeline with these needs out.

Some libraries store a value in another way when a companion is installed, and then cannot read it without. pandas
keeps strings, and so the column names of every frame, in Arrow where pyarrow is there: a frame pickled beside pyarrow
raises ``ModuleNotFoundError: pyarrow`` where it is missing (pandas 3, `pandas.StringDtype`, parameter ``storage``).
So a step that has the library and takes a value from a step that has the companion gets the companion too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ops0.core.pipeline import Call, CallId, FromCall, Need, Pipeline, Reason, Step, StepName

COMPANIONS: Mapping[str, str] = {"pandas": "pyarrow"}
"""Library -> the companion without which its values cannot be read, once they were made beside it."""


def spread_needs(pipeline: Pipeline) -> Pipeline:
    """The pipeline, in which each consumer can read what its producers make.

    A step called several times has one image, so one edge is enough; what is spread is spread on along the calls.
    """
    steps = {step.name: step for step in pipeline.steps}
    makers = {call.id: call.step for call in pipeline.calls}
    changed = True
    while (
        changed
    ):  # a step may be called before and after another; each round adds a need or is the last
        changed = False
        for call in pipeline.calls:
            step = _mended(call, makers, steps)
            if step is not None:
                steps[step.name] = step
                changed = True
    return replace(pipeline, steps=tuple(steps[step.name] for step in pipeline.steps))


def _mended(
    call: Call, makers: Mapping[CallId, StepName], steps: Mapping[StepName, Step]
) -> Step | None:
    """The call's step with one more need that an input brings, or None where it has them all."""
    consumer = steps[call.step]
    for parameter, source in call.inputs:
        if not isinstance(source, FromCall):
            continue
        producer = steps[makers[source.call]]
        for library, companion in COMPANIONS.items():
            brought = _need(producer, companion)
            lacks = _need(consumer, companion) is None
            if brought is not None and lacks and _need(consumer, library) is not None:
                text = f"{parameter} is made by {producer.name}, where {library} keeps values in {companion}"
                return _with(consumer, brought, Reason(call.where, text))
    return None


def _need(step: Step, name: str) -> Need | None:
    return next((need for need in step.needs if need.name == name), None)


def _with(step: Step, need: Need, reason: Reason) -> Step:
    added = replace(need, reasons=(reason,), origin="rule")
    return replace(step, needs=tuple(sorted((*step.needs, added), key=lambda one: one.name)))
