"""A value with a pipeline in it as a JSON document that travels, and back. Pure.

What comes back is believed in nothing: the closed list of classes, the type of every field, and the sense of names and
references are checked, for call ids become names of volumes and folders.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from ops0.core.api.marks import MarkFault
from ops0.core.api.secrets import check_secret
from ops0.core.arguments import part_sources
from ops0.core.graphs.shapes import fits
from ops0.core.pipeline import Call, FromCall, FromCalls, FromParts, Pipeline, Step
from ops0.core.rows import from_rows, to_rows
from ops0_builder.conform import conforms
from ops0_builder.engine.names import is_fit
from ops0_builder.oci.values import canonical

T = TypeVar("T")


class BadDocument(ValueError):
    """A document that no ops0 wrote, or another one. The text is the fact; ``hint``: what to do, if more is known."""

    def __init__(self, fact: str, hint: str | None = None) -> None:
        super().__init__(fact)
        self.hint = hint


def without_source(whole: Pipeline) -> Pipeline:
    """The pipeline without what only a build reads: slices, data files, and the reasons of needs."""
    return replace(whole, steps=tuple(_bare(step) for step in whole.steps))


def _bare(step: Step) -> Step:
    return replace(step, needs=(), system=(), slices=(), data=(), warnings=())


def write_document(value: object, written_as: int) -> bytes:
    """The document's bytes: same value, same bytes. ``written_as``: the number of its format."""
    return canonical({"format": written_as, "rows": to_rows(value)}) + b"\n"


def read_document(
    data: bytes, kind: type[T], classes: Iterable[type], *, written_as: int, writer: str
) -> T:
    """The value of a document; what it says has the declared types, and is not checked further.

    writer: who writes such documents, as ``ops0 deploy``
    raises: BadDocument
    """
    try:
        told = json.loads(data)
        found, rows = told["format"], told["rows"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadDocument(f"it is not what `{writer}` writes") from None
    if found != written_as:
        raise BadDocument(
            f"it is of format {str(found)[:20]}, this ops0 reads {written_as}",
            f"write it again with this ops0, `{writer}`, or use the one that wrote it",
        )
    try:
        value = from_rows(rows, classes)
    except ValueError as fault:
        raise BadDocument(str(fault)[:200]) from None
    if not isinstance(value, kind) or not _is_typed(value):
        raise BadDocument(f"it is not what `{writer}` writes")
    return value


def _is_typed(value: Any) -> bool:
    try:
        return conforms(value, type(value))
    except RecursionError:
        return False


def check_pipeline(whole: Pipeline) -> None:
    """Whether names can be names, and every call takes from an earlier one. Raises BadDocument."""
    check_names("pipeline", [whole.name])
    check_names("step", [step.name for step in whole.steps])
    check_names("call", [call.id for call in whole.calls])
    if not whole.calls or not whole.results:
        raise BadDocument("its pipeline has no calls or no results")
    for step in whole.steps:
        _check_secrets(step)
    _check_calls(whole)


def _check_secrets(step: Step) -> None:
    for variable, reference in step.options.secrets:
        try:
            check_secret(variable, reference)
        except MarkFault as fault:  # noqa: PERF203
            raise BadDocument(f"step {step.name}: {fault}") from None


def check_names(kind: str, names: list[Any]) -> None:
    """Whether texts from elsewhere are fit as names, each there once. Raises BadDocument."""
    for name in names:
        if not is_fit(name):
            raise BadDocument(f"{kind} {name[:80]!r} has no fit name")
    check_unique(kind, names)


def check_unique(kind: str, names: list[Any]) -> None:
    """Whether each is there once. Raises BadDocument."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise BadDocument(f"two of one name: {kind} {twice[0]}")


def _check_calls(whole: Pipeline) -> None:
    """Calls take from earlier calls only, so there is no cycle."""
    steps = {step.name for step in whole.steps}
    earlier: set[str] = set()
    for call in whole.calls:
        if call.step not in steps:
            raise BadDocument(f"call {call.id} is of no step")
        if not set(call.each) <= {name for name, _ in call.inputs}:
            raise BadDocument(f"call {call.id} goes over an argument that it does not have")
        _check_inputs(call, earlier)
        earlier.add(call.id)
    if not set(whole.results) <= earlier:
        raise BadDocument("a result is of no call")


def _check_inputs(call: Call, earlier: Collection[str]) -> None:
    for name, source in call.inputs:
        if isinstance(source, FromParts) and not fits(source):
            raise BadDocument(f"call {call.id} puts {name} together of parts that are not there")
    for _, source in part_sources(call):
        if isinstance(source, FromCalls):
            raise BadDocument(f"call {call.id} is of a run, not of a pipeline")
        if isinstance(source, FromCall) and source.call not in earlier:
            raise BadDocument(f"call {call.id} takes from {source.call}, which is none before it")
