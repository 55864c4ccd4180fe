"""The kind of command that takes one pipeline: its options under headings, and an answer to a second name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

_REST = "Other options"


class OnePipeline(click.Command):
    """A command of one pipeline. ``headings``: options by what they are for; the rest comes last.

    aside: what a user who names a step behind the pipeline should write instead
    """

    allow_extra_args = True  # they are answered here, not by click

    def __init__(
        self,
        *args: Any,
        headings: Mapping[str, Sequence[str]] | None = None,
        aside: str = "",
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.headings = {} if headings is None else headings
        self.aside = aside

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Click's own. Raises UsageError for a second name, with what may have been meant."""
        extra = super().parse_args(ctx, args)
        if extra and not ctx.resilient_parsing:
            more = f" {self.aside}" if self.aside else ""
            ctx.fail(f"Got unexpected extra argument ({' '.join(extra)}).{more}")
        return extra

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
