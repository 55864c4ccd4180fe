"""The command line: the commands joined, the one error boundary and the one exit.

Exit codes: 0 done, 2 usage, 1 a fault of ops0 itself, 130 Ctrl-C, 141 a closed pipe, else the
error's own (``ops0.core.errors``).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from itertools import zip_longest
from typing import TYPE_CHECKING, NoReturn

import click

import ops0
from ops0.cli.colour import colour
from ops0.cli.command_table import COMMANDS, HEADINGS
from ops0.cli.groups import Group
from ops0.core.errors import Ops0Error, members
from ops0.host.stops import leave_lost_terminal, stop_signals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType


class ClosedPipe(Exception):
    """Whoever read what is printed has gone. Nobody's fault, hence no Ops0Error."""


class LazyGroup(Group):
    """A group whose commands are imported when they are called, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, from its own module."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"ops0.cli.commands.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - our own modules
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called. Raises UsageError, which names the nearest for one that is not there."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise _no_command(args[0], ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; ``help run`` is ``run --help``, and ``help`` by itself that of all."""
        asked = args[:1] == ["help"] and (len(args) == 1 or args[1] in COMMANDS)
        asked = asked and not ctx.resilient_parsing  # a shell that completes asks what help takes
        return super().parse_args(ctx, [*args[1:], "--help"] if asked else args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. Click would end with 1 by itself where a pipe is closed. Raises ClosedPipe."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as fault:
            raise ClosedPipe from fault

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table alone, by what they are for."""
        for heading, names in HEADINGS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, COMMANDS[name]) for name in names], col_max=14)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""Data goes to stdout, all else to stderr. Start with: ops0 init demo

    The guide begins with: ops0 help first-pipeline. All its pages, and the reference's: ops0 help topics
    """,
)
@click.version_option(ops0.__version__, prog_name="ops0")
def ops0_command() -> None:
    """Plain Python functions in, one small reproducible image per step out.

    PIPELINE is file.py, flow.ipynb or file.py:name; left out, it comes from ops0.toml or [tool.ops0] in pyproject.toml.
    """


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run a command and exit with its code. The only place that catches errors and exits."""
    # Syntax trees live as long as the command, and nothing is worth collecting at its end: 5 % of a start.
    gc.set_threshold(200_000, 20, 100)
    for number in stop_signals():
        if number != signal.SIGINT:  # Python has its own for Ctrl-C
            signal.signal(number, _stop)  # what is half made is removed, as after that
    code = _exit_code(argv)
    gc.freeze()
    sys.exit(code)


def _stop(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGHUP:
        leave_lost_terminal()
    raise KeyboardInterrupt


def _exit_code(argv: Sequence[str] | None) -> int:
    try:
        _run(argv)
    except Ops0Error as error:
        _show(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as stop:
        _show_stop(stop)
        return 130
    except ClosedPipe:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as fault:  # noqa: BLE001 - the last boundary: a traceback helps no user
        return _usage(fault) if isinstance(fault, _CLICK) else _crash(fault)
    return 0


_CLICK = (click.exceptions.Exit, click.ClickException)


def _usage(fault: click.exceptions.Exit | click.ClickException) -> int:
    """Click's own endings: ``--help``, and wrong usage."""
    if isinstance(fault, click.ClickException):
        from ops0.cli.tell import tell_error  # noqa: PLC0415 - only where something is wrong
        from ops0.cli.usage import told_usage  # noqa: PLC0415

        tell_error(*told_usage(fault))
    return fault.exit_code


def _no_command(word: str, context: click.Context) -> click.UsageError:
    from ops0.cli.usage import WrongUsage, command_meant  # noqa: PLC0415 - only for a slip

    if word.partition(":")[0].endswith((".py", ".ipynb", ".ops0")):
        return WrongUsage(f"no such command '{word}'", f"to run it: ops0 run {word}", context)
    return WrongUsage(f"no such command '{word}'", command_meant(word, COMMANDS), context)


def _crash(fault: Exception) -> int:
    from ops0.cli.crash import EXIT_CRASH, keep_crash  # noqa: PLC0415 - only where it is needed

    path = keep_crash(fault)
    if path is None:
        raise fault
    report = Ops0Error(
        f"ops0 itself failed: {type(fault).__name__}: {fault}",
        f"this is a fault of ops0, not yours: please report it with {path}",
    )
    _show(report)
    return EXIT_CRASH


def _run(argv: Sequence[str] | None) -> None:
    """Run a command. What the machine refuses becomes an error that says where and what to do."""
    try:
        ops0_command.main(args=argv, prog_name="ops0", standalone_mode=False, color=colour())
    except (OSError, MemoryError, RuntimeError) as fault:
        from ops0.cli.refused import refused  # noqa: PLC0415 - only where it is needed

        error = refused(fault)
        if error is None:
            raise
        raise error from fault


def _show_stop(stop: BaseException | None) -> None:
    """Click raises its own, from Ctrl-C; a second Ctrl-C may come while the first is on its way with what it says."""
    click.echo("ops0: stopped", err=True)
    while stop is not None and not (isinstance(stop, KeyboardInterrupt) and stop.args):
        stop = stop.__cause__ or stop.__context__
    if stop is not None:  # of a run, which can go on
        from ops0.cli.tell import tell_hint  # noqa: PLC0415 - only where there is something to tell

        tell_hint(str(stop))


def _show(error: Ops0Error) -> None:
    from ops0.cli.tell import tell_error  # noqa: PLC0415 - only where something is wrong

    told = members(error)
    for member, after in zip_longest(told, told[1:]):
        # What is to be done once is said once.
        same = after is not None and after.hint == member.hint
        tell_error(str(member), None if same else member.hint)
