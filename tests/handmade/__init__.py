"""Steps, calls and pipelines made by hand, for tests that ask nothing of the analysis.

A test says only what it is about; the rest is that of a step ``load`` in ``pipeline.py`` that needs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromConstant,
    Input,
    Need,
    Pipeline,
    Reason,
    Slice,
    Step,
    StepName,
    Where,
)
from ops0.core.step_options import StepOptions

HERE = Where("pipeline.py", 1)
_OF_STEP = frozenset(field.name for field in fields(Step))


def a_step(name: str, **given: Any) -> Step:
    """A step; ``given``: fields of Step, all others are fields of its options."""
    options = {key: value for key, value in given.items() if key not in _OF_STEP}
    of_step: dict[str, Any] = {
        "module": "pipeline",
        "function": name,
        "where": HERE,
        "parameters": (),
        "returns": None,
        "output": None,
        "options": StepOptions(**options),
        "needs": (),
        "system": (),
        "slices": (),
        "data": (),
        "roots": (".",),
    }
    return Step(name=StepName(name), **(of_step | {k: given[k] for k in given.keys() & _OF_STEP}))


def a_slice(text: str) -> tuple[Slice, ...]:
    """All of ``pipeline.py`` as a step's slices."""
    return (Slice(module="pipeline", path="pipeline.py", text=text),)


def a_need(requirement: str, where: Where = HERE, **given: Any) -> Need:
    """A declared need, imported by the distribution's own name."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement)[0]
    said: dict[str, Any] = {
        "name": name,
        "requirement": requirement,
        "imports": (name,),
        "reasons": (Reason(where, f"import {name}"),),
        "origin": "declared",
    }
    return Need(**(said | given))


def a_call(call: str, *, step: str | None = None, where: Where = HERE, **inputs: Any) -> Call:
    """A call, of the step of its own name; what is no input as the core knows it is a constant."""
    made = tuple(
        (name, given if isinstance(given, Input) else FromConstant(value=given))
        for name, given in inputs.items()
    )
    return Call(id=CallId(call), step=StepName(step or call), inputs=made, where=where)


def a_pipeline(
    steps: Iterable[Step],
    calls: Iterable[Call] = (),
    results: Iterable[str] | None = None,
    **given: Any,
) -> Pipeline:
    """A pipeline; its result is the last call's unless ``results`` name others."""
    made = tuple(calls)
    named = [call.id for call in made[-1:]] if results is None else results
    said: dict[str, Any] = {"name": "flow", "entry": "pipeline.py", "explicit": True}
    return Pipeline(
        steps=tuple(steps), calls=made, results=tuple(map(CallId, named)), **(said | given)
    )


def a_chain(*calls: tuple[str, str, dict[str, Any]], **options: Any) -> Pipeline:
    """(call, step, inputs); an input that names an earlier call is an edge. All steps have the same options."""
    seen: list[str] = []
    made: list[Call] = []
    for call, step, inputs in calls:
        given = {
            name: FromCall(call=CallId(value), rule="")
            if value in seen
            else FromConstant(value=value)
            for name, value in inputs.items()
        }
        made.append(a_call(call, step=step, **given))
        seen.append(call)
    names = dict.fromkeys(step for _, step, _ in calls)
    return a_pipeline((a_step(name, **options) for name in names), made)
