"""A pipeline as text for people: the first half of what ``ops0 plan`` prints."""

from __future__ import annotations

from collections.abc import Iterator

from ops0.cli.show.reasons import need_column, reason_line
from ops0.core.arguments import part_sources
from ops0.core.graphs.shapes import shape_text
from ops0.core.pipeline import (
    Call,
    FromCall,
    FromCalls,
    FromConstant,
    FromParam,
    FromParts,
    Input,
    Pipeline,
    Step,
)
from ops0.core.quantities import duration_text

_SHOWN_FILES = 5
"""Data files of one step that are listed; ``--explain`` lists all."""

_UNITS = ("B", "kB", "MB", "GB")


def size_text(size: float) -> str:
    """``1.2 MB``; powers of 1000, as registries count."""
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("B", "kB") else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"


def pipeline_lines(pipeline: Pipeline, *, explain: bool, width: int | None = None) -> Iterator[str]:
    """The graph, then each step's needs; with ``explain`` also every reason, edge rule and slice.

    width: of the terminal, None elsewhere
    """
    kind = "calls" if pipeline.explicit else "names"
    yield f"{pipeline.name}  ({pipeline.entry}, edges by {kind})"
    for call in pipeline.calls:
        yield from _call_lines(call, explain=explain)
    yield f"results: {', '.join(pipeline.results)}"
    pythons = {step.options.python for step in pipeline.steps}
    for step in pipeline.steps:
        yield ""
        python = f"  python {step.options.python}" if len(pythons) > 1 else ""
        yield f"{step.name}  {step.where}{python}"
        yield from _step_lines(step, explain=explain, width=width)


def _call_lines(call: Call, *, explain: bool) -> Iterator[str]:
    inputs = ", ".join(
        f"{name}={'each of ' if name in call.each else ''}{_input_text(source)}"
        for name, source in call.inputs
    )
    yield f"  {call.id}{'.map' if call.each else ''}({inputs})"
    if explain:
        for name, source in part_sources(call):
            if isinstance(source, FromCall):
                yield f"      {name} <- {source.call}: {source.rule}"


def _input_text(source: Input) -> str:
    match source:
        case FromParts(parts=parts, shape=shape):
            return shape_text(shape, [_input_text(one) for one in parts])
        case FromCall(call=call, item=int(item)):
            return f"<{call}>[{item}]"
        case FromCall(call=call) | FromCalls(call=call):
            return f"<{call}>"
        case FromParam(param=param, required=True):
            return f"--param {param}"
        case FromParam(param=param, default=default):
            return f"--param {param} or {default!r}"
        case FromConstant(value=value):
            return repr(value)


def _step_lines(step: Step, *, explain: bool, width: int | None) -> Iterator[str]:
    loosened = _loosened(step)
    if loosened:
        yield f"  asks: {', '.join(loosened)}"
    if not step.needs:
        yield "  needs nothing but Python"
    for need in step.needs:
        flag = " (a guess from pipreqs's table)" if need.origin == "pipreqs" else ""
        yield reason_line(need.requirement, need.reasons[0], width, flag)
        if explain:
            for reason in need.reasons[1:]:
                yield reason_line("", reason, width)
            yield f"{need_column('')}named by: {need.origin}"
    for system in step.system:
        yield reason_line(f"apt {system.name}", system.reasons[0], width)
    for reason in step.native_code if explain else step.native_code[:1]:
        yield reason_line("native code", reason, width)
    if explain:
        for part in step.slices:
            kept = sum(1 for line in part.text.splitlines() if line.strip())
            whole = f", whole: {part.whole}" if part.whole else ""
            path = part.cells.path if part.cells else part.path
            yield f"  slice {path}: {kept} lines{whole}"
    for data in step.data if explain else step.data[:_SHOWN_FILES]:
        yield f"  data {data.path}  {data.reason.where}"
    if not explain and len(step.data) > _SHOWN_FILES:
        yield f"  data: {len(step.data) - _SHOWN_FILES} more files; --explain lists all"


def _cached(step: Step) -> str:
    caching = step.options.cache
    if caching is None:
        return ""
    ttl = "" if caching.ttl is None else f" for {duration_text(caching.ttl)}"
    return f"result kept{ttl}" + ("" if caching.key is None else f" by {caching.key!r}")


def _cleaned(step: Step) -> str:
    after = step.options.cleanup_after
    return f"removed {duration_text(after)} after the run" if after else "removed after the run"


def _loosened(step: Step) -> list[str]:
    options = step.options
    asks = {
        "network": options.network,
        f"{options.memory and size_text(options.memory)} memory": options.memory,
        f"{options.cpu:g} cpu" if options.cpu else "": options.cpu,
        f"base {options.base}": options.base,
        f"records of {options.source}": options.source,
        f"group {options.group}": options.group,
        f"timeout {options.timeout:g} s" if options.timeout else "": options.timeout,
        f"{options.retry_attempts} attempts": options.retry_attempts > 1,
        _cached(step): options.cache,
        _cleaned(step): options.cleanup_after is not None,
        f"secrets {', '.join(f'{name} ({of})' for name, of in options.secrets)}": options.secrets,
    }
    return [text for text, asked in asks.items() if asked]
