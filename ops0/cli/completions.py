"""What a shell completes that click does not know: files, a project's own words, runs. Asks no engine, no index."""
# ruff: noqa: PLC0415 - only while somebody types

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from ops0.core.errors import Ops0Error

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ops0.core.pipeline import FromParam, Pipeline


def complete_file(
    _context: click.Context, _argument: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Leave it to the shell, which completes paths by itself."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]


def complete_run(
    _context: click.Context, _argument: click.Parameter, begun: str
) -> list[CompletionItem]:
    """The ids of the runs that are kept, the newest first."""
    from ops0.runtime.runs import kept_runs

    return _items(reversed(kept_runs()), begun)


def complete_run_or_call(
    _context: click.Context, _argument: click.Parameter, begun: str
) -> list[CompletionItem]:
    """The calls of the newest run, and the ids of all."""
    from ops0.runtime.monitoring import view_run
    from ops0.runtime.runs import kept_runs, run_folder

    runs = kept_runs()[::-1]
    calls: tuple[str, ...] = ()
    with suppress(Ops0Error, OSError):  # a log that cannot be read completes nothing
        calls = tuple(view_run(run_folder(runs[0]).events).calls) if runs else ()
    return _items((*calls, *runs), begun)


def complete_param(
    context: click.Context, _option: click.Parameter, begun: str
) -> list[CompletionItem]:
    """The pipeline's parameters, each with its default to be changed."""
    found = _pipeline(context)
    return _items([] if found is None else map(_with_default, _parameters(found)), begun)


def complete_step(
    context: click.Context, _option: click.Parameter, begun: str
) -> list[CompletionItem]:
    """The steps of the pipeline."""
    found = _pipeline(context)
    return _items([] if found is None else (step.name for step in found.steps), begun)


def complete_environment(
    context: click.Context, _option: click.Parameter, begun: str
) -> list[CompletionItem]:
    """The environments that the settings have."""
    from ops0.cli.work import open_work

    with suppress(Ops0Error, OSError):
        return _items(open_work(_named(context)).project.settings.environments, begun)
    return []


def _named(context: click.Context) -> str | None:
    """The PIPELINE among the words so far. Behind an option without its value click has sorted no argument in yet."""
    told = context.params.get("pipeline")
    return str(told) if told else next(iter(context.args), None)


def _pipeline(context: click.Context) -> Pipeline | None:
    """The pipeline of the words that stand there already; None where they name none that can be read."""
    from ops0.cli import wiring
    from ops0.cli.work import open_work

    with suppress(Ops0Error, OSError):
        return wiring.read_pipeline(open_work(_named(context)))
    return None


def _parameters(pipeline: Pipeline) -> list[FromParam]:
    """Each once, in the order in which calls take them."""
    from ops0.core.arguments import params_of

    return list(params_of(pipeline).values())


def _with_default(source: FromParam) -> str:
    """``rate=0.5``; of a default that a shell would split, or where there is none, ``rate=``."""
    value = source.default
    if source.required or value is None:
        return f"{source.param}="
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    plain = text.isprintable() and not set(text) & set(" \t\"'`$&|;<>()*?[]{}\\!~#")
    return f"{source.param}={text if plain else ''}"


def _items(words: Iterable[str], begun: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(one) for one in words if one.startswith(begun)]
