"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import click

from ops0.cli.completions import complete_file, complete_param
from ops0.cli.to_be_written import ToBeWritten
from ops0.core.locked import PLATFORMS
from ops0.core.quantities import QuantityError


def quantity(read: Callable[[str], float]) -> Callable[..., float | None]:
    """A callback for an option that takes a time or a size: one that cannot be read is wrong usage."""

    def convert(
        _context: click.Context, _option: click.Parameter, text: str | None
    ) -> float | None:
        try:
            return None if text is None else read(text)
        except QuantityError as fault:
            raise click.BadParameter(f"{fault}: {fault.hint}") from None

    return convert


pipeline_argument = click.argument(
    "pipeline", required=False, metavar="[PIPELINE]", shell_complete=complete_file
)
wheelhouse_option = click.option(
    "--wheelhouse",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Take wheels only from this folder, made by ops0 lock --wheelhouse, not from an index.",
)


def _platforms(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    """``linux/amd64,linux/arm64``, or one by one; each once, in that order."""
    found = tuple(dict.fromkeys(name.strip() for text in texts for name in text.split(",")))
    for name in found:
        if name not in PLATFORMS.values():
            raise click.BadParameter(f"{name!r} is none of {', '.join(PLATFORMS.values())}")
    return found


platforms_option = click.option(
    "--platform",
    "platforms",
    multiple=True,
    metavar="PLATFORM",
    callback=_platforms,
    help="For this platform instead of the settings': linux/amd64, linux/arm64. Repeatable, or with commas.",
)
params_option = click.option(
    "--param",
    "texts",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=complete_param,
    help="Set a pipeline parameter. Repeatable.",
)


def examples(*commands: str) -> str:
    """A help page's end: commands to copy, one a line."""
    return "\n".join(("\b", "Examples:", *(f"  {one}" for one in commands)))


class Count(click.types.IntParamType):
    """A number of things. ``name`` is what a wrong one is told not to be; a help page shows no range."""

    def __init__(self, least: int = 1) -> None:
        self.least, self.name = least, f"whole number of {least} or more"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """As click's own numbers. Raises BadParameter."""
        text = str(value)
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) < self.least:
            self.fail(f"'{text}' is no {self.name}", param, ctx)
        return int(text)


jobs_option = click.option(
    "--jobs", type=Count(), metavar="N", help="Maximum calls at once. Default: number of CPUs."
)
out_option = click.option(
    "--out",
    "-o",
    type=ToBeWritten(file_okay=False),
    metavar="DIR",
    help="Also write the result files into this folder, new or empty.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
