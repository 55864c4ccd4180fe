"""What a step needs because of where its inputs were made. Pure: a pipeline in, the pipeline with these needs out.

Some libraries store a value in another way when a companion is installed, and then cannot read it without. pandas
keeps strings, and so the column names of every frame, in Arrow where pyarrow is there: a frame pickled beside pyarrow
raises ``ModuleNotFoundError: pyarrow`` where it is missing (pandas 3, `pandas.StringDtype`, parameter ``storage``).
An estimator made beside skops is stored by skops (values/models.py). So a step that has the library and takes a value
from a step that has the companion gets the companion too.

And where reading can't tell all that a parameter may hold (``Step.open_inputs``), it may hold anything that the
producer uses, so the consumer gets all of it: an image that is too large runs, one that lacks a library does not. An
annotation on either side makes it small again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ops0.core.arguments import part_sources
from ops0.core.pipeline import Call, CallId, FromCall, Need, Pipeline, Reason, Step, StepName

_COMPANIONS: Mapping[str, str] = {"pandas": "pyarrow", "scikit-learn": "skops"}
"""Library -> the companion without which its values cannot be read, once they were made beside it."""


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
    for parameter, source in part_sources(call):
        if not isinstance(source, FromCall):
            continue
        producer = steps[makers[source.call]]
        for need in producer.needs if parameter in consumer.open_inputs else ():
            if need.imports and _need(consumer, need.name) is None:
                text = f"{parameter} is made by {producer.name} and may hold what {need.name} makes"
                return _with_system(_with(consumer, need, Reason(call.where, text)), producer)
        for library, companion in _COMPANIONS.items():
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


def _with_system(step: Step, producer: Step) -> Step:
    """The step with the Debian packages that the producer's libraries are imported beside, and what they may run."""
    known = {one.name for one in step.system}
    system = (*step.system, *(one for one in producer.system if one.name not in known))
    native = step.native_code
    if step.options.native_code is None:
        native = native or producer.native_code
    by_name = tuple(sorted(system, key=lambda one: one.name))
    return replace(step, system=by_name, native_code=native)
