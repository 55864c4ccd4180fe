"""What the calls of a pipeline are given: their arguments taken apart, and what a run must be told."""

from __future__ import annotations

from collections.abc import Iterator

from ops0.core.pipeline import Call, FromParam, FromParts, Input, Part, Pipeline

__all__ = ["params_of", "part_sources"]


def _parts_of(source: Input) -> tuple[Part, ...]:
    """What an argument is made of: itself, where it is not put together."""
    return source.parts if isinstance(source, FromParts) else (source,)


def part_sources(call: Call) -> Iterator[tuple[str, Part]]:
    """(parameter, source) of a call's arguments, those that are put together taken apart."""
    for name, source in call.inputs:
        for part in _parts_of(source):
            yield name, part


def params_of(pipeline: Pipeline) -> dict[str, FromParam]:
    """The parameters a run of this pipeline takes, by name. Required somewhere is required."""
    found: dict[str, FromParam] = {}
    for call in pipeline.calls:
        for _, source in part_sources(call):
            if isinstance(source, FromParam) and (
                source.param not in found or (source.required and not found[source.param].required)
            ):
                found[source.param] = source
    return found
