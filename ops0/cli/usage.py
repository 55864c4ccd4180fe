"""Wrong usage, told as all errors are: what is wrong, and on a line of its own what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from ops0.core.near import NEAR, did_you_mean, nearest

__all__ = ["WrongUsage", "command_meant", "is_near_option", "told_usage"]

_SURE = 0.8
"""How close the name of an option is that must have been meant."""
_SHORT = 4
"""Letters: of a name with fewer, one that is only half alike is another word, as ``on`` and ``json``."""

OTHER_WORDS: Mapping[str, str] = {
    "cache": "gc",
    "check": "doctor",
    "clean": "gc",
    "compile": "lock",
    "continue": "run --resume",
    "create": "init",
    "explain": "plan --explain",
    "freeze": "lock",
    "graph": "plan",
    "history": "runs",
    "list": "runs",
    "load": "bundle load",
    "log": "logs",
    "ls": "runs",
    "new": "init",
    "prune": "gc",
    "ps": "runs",
    "resume": "run --resume",
    "retry": "run --resume",
    "show": "plan",
    "start": "run",
    "status": "runs",
    "version": "--version",
}
"""What other tools call it -> what does it here; a test holds that each is there."""


class WrongUsage(click.UsageError):
    """A command that cannot be meant so. ``hint``: what to write instead."""

    def __init__(self, fact: str, hint: str, ctx: click.Context | None = None) -> None:
        super().__init__(fact, ctx)
        self.hint = hint

    def format_message(self) -> str:
        """Both in one line, for whoever runs the command by click alone."""
        return f"{self.message}: {self.hint}" if self.hint else self.message


def command_meant(word: str, known: Mapping[str, object]) -> str:
    """A hint for a command that is not there; empty where nothing is near."""
    if word in OTHER_WORDS:
        return f"did you mean 'ops0 {OTHER_WORDS[word]}'?"
    return did_you_mean(word, known)


def is_near_option(fault: click.NoSuchOption) -> bool:
    """Whether a slip in the name of an option is the likely reason."""
    name = fault.option_name.lstrip("-")
    return bool(nearest(name, _options(fault.ctx), close=_SURE))


def told_usage(fault: click.ClickException) -> tuple[str, str | None]:
    """The fact and the hint of click's own errors and of ours.

    >>> told_usage(WrongUsage("--on names an engine", "give it with --containers"))
    ('--on names an engine', 'give it with --containers')
    """
    context = fault.ctx if isinstance(fault, click.UsageError) else None
    place = "" if context is None else f"{context.command_path}: "
    options = "" if context is None else f"see {context.command_path} --help"
    if isinstance(fault, WrongUsage):
        return f"{place}{fault.message}", fault.hint or options
    if isinstance(fault, click.NoSuchOption):
        return f"{place}no such option '{fault.option_name}'", _option_meant(fault) or options
    if isinstance(fault, click.BadOptionUsage) and context is not None:
        return f"{place}{_as_told(fault)}", _option_written(fault) or options
    text, _, meant = fault.format_message().removesuffix(".").partition(". Did you mean ")
    told = f"{place}{_small(text)}"
    return told, f"did you mean {meant}" if meant else options or None


def _small(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _as_told(fault: click.BadOptionUsage) -> str:
    return _small(fault.format_message().removesuffix("."))


def _option_written(fault: click.BadOptionUsage) -> str:
    """How an option is written that has too few values, or one that it does not take."""
    name, context = fault.option_name, fault.ctx
    if context is None:
        return ""
    for param in context.command.params:
        if isinstance(param, click.Option) and name in (*param.opts, *param.secondary_opts):
            if param.is_flag:
                return f"write {name} alone"
            return f"write {name} {param.make_metavar(context)}"
    return ""


def _option_meant(fault: click.NoSuchOption) -> str:
    """The one option that is near: the only one that begins so, else the most alike."""
    name = fault.option_name.lstrip("-")
    known = tuple(_options(fault.ctx))
    begun = [one for one in known if one.startswith(name)]
    close = _SURE if len(name) < _SHORT else NEAR
    meant = begun if len(begun) == 1 else nearest(name, known, close=close)
    return f"did you mean '--{meant[0]}'?" if meant and len(name) > 1 else ""


def _options(context: click.Context | None) -> Iterator[str]:
    """The long names of a command's options, without their dashes."""
    for param in [] if context is None else context.command.get_params(context):
        if isinstance(param, click.Option):
            yield from (name[2:] for name in param.opts if name.startswith("--"))
