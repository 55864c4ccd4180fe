"""The kind of command that takes one pipeline: its options under headings, and an answer to a second name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

import click

from ops0.cli.usage import WrongUsage, is_near_option
from ops0.core.errors import Ops0Error, members

_REST = "Other options"
_BARE = re.compile(r"ops0 (?:lock|run)(?= --(?:upgrade|wheelhouse|moved-from|follow)|$)")
"""Commands of a pipeline that are told without one."""


class OnePipeline(click.Command):
    """A command of one pipeline. ``headings``: options by what they are for; the rest comes last.

    has_params: whether it takes ``--param``
    aside: what a user who names a step behind the pipeline should write instead
    """

    allow_extra_args = True  # they are answered here, not by click

    def __init__(
        self,
        *args: Any,
        headings: Mapping[str, Sequence[str]] | None = None,
        aside: str = "",
        has_params: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.headings = {} if headings is None else headings
        self.aside, self.has_params = aside, has_params

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Click's own. Raises UsageError for a second name, with what may have been meant."""
        try:
            extra = super().parse_args(ctx, args)
        except click.NoSuchOption as fault:
            name = fault.option_name
            plain = not (self.has_params and name.startswith("--"))
            if plain or is_near_option(fault):
                raise
            hint = f"a parameter of the pipeline is given as --param {name.lstrip('-')}=VALUE"
            raise WrongUsage(f"no such option '{name}'", hint, ctx) from None
        given = ctx.params.get("pipeline")
        if self.has_params and _is_param(given):
            raise WrongUsage(
                f"{given}: no such file", f"a parameter is given as --param {given}", ctx
            )
        if extra and not ctx.resilient_parsing:
            raise WrongUsage(f"one argument too many: {' '.join(extra)}", self.aside, ctx)
        return extra

    def invoke(self, ctx: click.Context) -> Any:
        """Click's own. An error's hint names the pipeline that was given in the commands that want it."""
        try:
            return super().invoke(ctx)
        except Ops0Error as error:
            for member in members(error):
                if member.hint is not None:
                    member.hint = with_pipeline(member.hint, ctx.params.get("pipeline"))
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options by their headings, in the order of the declaration."""
        sections: dict[str, list[tuple[str, str]]] = {}
        heading_of = {name: heading for heading, names in self.headings.items() for name in names}
        rest = _REST if heading_of else "Options"
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx) if isinstance(option, click.Option) else None
            if record is not None:
                heading = heading_of.get(max(option.opts, key=len), rest)
                sections.setdefault(heading, []).append(record)
        for heading in (*self.headings, rest):
            if heading in sections:
                with formatter.section(heading):
                    formatter.write_dl(sections[heading])


def with_pipeline(hint: str, given: str | None) -> str:
    """A hint with the pipeline in its commands: ``update it: ops0 lock`` would lock another one, or none.

    >>> with_pipeline("update it: ops0 lock", "my flow.py")
    "update it: ops0 lock 'my flow.py'"
    """
    return hint if given is None else _BARE.sub(lambda found: f"{found[0]} {quote(given)}", hint)


def _is_param(given: str | None) -> bool:
    """``rate=0.5`` where a pipeline was expected, and there is no file of that name."""
    name, sign, _ = (given or "").partition("=")
    return bool(sign) and name.isidentifier() and not Path(given or "").exists()
