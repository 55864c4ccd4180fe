"""``ops0 help``: a command's options, or a page of the guide or the reference."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from ops0.cli.colour import colour
from ops0.cli.command_table import COMMANDS
from ops0.cli.pages import Page, followed, pages
from ops0.cli.terminal import columns
from ops0.cli.usage import WrongUsage
from ops0.core.near import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_WIDEST = 100


def _complete(
    _context: click.Context, _argument: click.Parameter, begun: str
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only while somebody types

    known = (*pages(), "topics", *(one for one in COMMANDS if one != "help"))
    return [CompletionItem(one) for one in known if one.startswith(begun)]


@click.command("help", short_help="Show the help of a command, or a page of the guide.")
@click.argument("topic", metavar="[TOPIC]", shell_complete=_complete)  # main.py answers without one
def command(topic: str) -> None:
    """Show the help of a command, or a page of the guide.

    Without a TOPIC the commands; `ops0 help topics` lists all pages. On a terminal a page is shown page by page, into
    a pipe goes its Markdown.
    """
    known = pages()
    if topic == "topics":
        for line in _overview(known):
            click.echo(line)
        return
    if topic not in known:
        meant = did_you_mean(topic, (*COMMANDS, *known, "topics"), "all topics: ops0 help topics")
        raise WrongUsage(f"no such command or topic '{topic}'", meant)
    width = columns(sys.stdout)
    if width is None:
        click.echo(known[topic].text)
        return
    os.environ.setdefault("LESS", "-FRX")
    shown = _drawn(followed(known[topic], known), min(width, _WIDEST))
    click.echo_via_pager(shown, color=colour())


def _overview(known: Mapping[str, Page]) -> Iterator[str]:
    wide = max(map(len, known), default=0)
    for part in dict.fromkeys(page.part for page in known.values()):
        yield f"{part}:"
        for page in known.values():
            if page.part == part:
                yield f"  {page.topic:{wide}}  {page.title}"
        yield ""
    yield "Show one: ops0 help TOPIC"


def _drawn(text: str, width: int) -> str:
    from rich.console import Console  # noqa: PLC0415 - loads much, and only a terminal needs it
    from rich.markdown import Markdown  # noqa: PLC0415

    console = Console(
        file=io.StringIO(), width=width, force_terminal=True, no_color=colour() is False
    )
    with console.capture() as captured:
        console.print(Markdown(text, code_theme="bw", hyperlinks=False))
    return captured.get()
