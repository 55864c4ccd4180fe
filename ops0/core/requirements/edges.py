"""What a step needs because of where its inputs were made. Pure: a pipeline in, the pipeline with these needs out.

Some libraries store a value in another way when a companion is installed, and then cannot read it without. pandas
keeps strings, and so the column names of every frame, in Arrow where pyarrow is there: a frame pickled beside pyarrow
raises ``ModuleNotFoundError: pyarrow`` where it is missing (pandas 3, `pandas.StringDtype`, parameter ``storage``).
So a step that has the library and takes a value from a step that has the companion gets the companion too.

And a step whose parameter has no annotation takes what its producer says it returns: it needs that type's library to
load the value, even if its body imports nothing. Where the producer says nothing either, the value may hold anything
that the producer uses, so the consumer gets all of it: an image that is too large runs, one that lacks a library does
not. An annotation on either side makes it small again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ops0.core.pipeline import Call, CallId, FromCall, Need, Pipeline, Reason, Step, StepName

COMPANIONS: Mapping[str, str] = {"pandas": "pyarrow"}
"""Library -> the companion without which its values cannot be read, once they were made beside it."""


RESULT = "return is a "
"""How the reason of a need begins that the annotation of a step's own result brought."""

_SAYS_NOTHING = frozenset({None, "Any", "typing.Any", "object"})


def spread_needs(pipeline: Pipeline) -> Pipeline:
    """The pipeline, in which each consumer can read what its producers make.

    A step called several times has one image, so one edge is enough; what is spread is spread on along the calls.
    """
    steps = {step.name: step for step in pipeline.steps}
    makers = {call.id: call.step for call in pipeline.calls}
    changed = True
    while changed:  # each round adds a need, or is the last
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
        for result in _results(producer) if _is_open(consumer, parameter) else ():
            if _need(consumer, result.name) is None:
                mended = _with(consumer, result, _taken(call, parameter, producer, result))
                return _with_system(mended, producer) if _said(result) is None else mended
        for library, companion in COMPANIONS.items():
            brought = _need(producer, companion)
            lacks = _need(consumer, companion) is None
            if brought is not None and lacks and _need(consumer, library) is not None:
                text = f"{parameter} is made by {producer.name}, where {library} keeps values in {companion}"
                return _with(consumer, brought, Reason(call.where, text))
    return None


def _is_open(step: Step, parameter: str) -> bool:
    """Whether the step's own annotation leaves open what the parameter is."""
    return all(one.annotation in _SAYS_NOTHING for one in step.parameters if one.name == parameter)


def _results(step: Step) -> tuple[Need, ...]:
    """The needs that the annotation of the step's result names; without one, all that the step imports."""
    if step.returns in _SAYS_NOTHING:
        return tuple(need for need in step.needs if need.imports)
    return tuple(need for need in step.needs if _said(need) is not None)


def _said(need: Need) -> str | None:
    """What the annotation of the step's own result says of a need, or None."""
    return next((one.text for one in need.reasons if one.text.startswith(RESULT)), None)


def _taken(call: Call, parameter: str, producer: Step, need: Need) -> Reason:
    """The reason: what the producer says that it returns, or that it says nothing."""
    said = _said(need) or f"result has no annotation and may hold what {need.name} makes"
    return Reason(call.where, f"{parameter} is made by {producer.name}, whose {said}")


def _need(step: Step, name: str) -> Need | None:
    return next((need for need in step.needs if need.name == name), None)


def _with(step: Step, need: Need, reason: Reason) -> Step:
    added = replace(need, reasons=(reason,), origin="rule")
    return replace(step, needs=tuple(sorted((*step.needs, added), key=lambda one: one.name)))


def _with_system(step: Step, producer: Step) -> Step:
    """The step with the Debian packages that the producer's libraries are imported beside."""
    known = {one.name for one in step.system}
    system = (*step.system, *(one for one in producer.system if one.name not in known))
    return replace(step, system=tuple(sorted(system, key=lambda one: one.name)))
