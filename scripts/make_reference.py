"""Writes the reference pages that are made from the code. ``--check`` only compares and exits 1 where one is stale."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import click

import ops0.cli
import ops0_builder
from ops0.cli.command_table import COMMANDS
from ops0.cli.main import ops0_command
from ops0.core import errors

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
NOTE = "<!-- made by `make docs` from the code; do not edit -->\n"


def commands_page() -> str:
    """Every command's ``--help``, as printed at 100 columns."""
    parts = [NOTE, "# Commands\n"]
    top = click.Context(
        ops0_command, info_name="ops0", terminal_width=100, **ops0_command.context_settings
    )
    parts.append(f"## ops0\n```text\n{ops0_command.get_help(top)}\n```\n")
    for name in COMMANDS:
        command = ops0_command.get_command(top, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=top, terminal_width=100)
        parts.append(f"## ops0 {name}\n```text\n{command.get_help(own)}\n```\n")
        for inner in command.commands.values() if isinstance(command, click.Group) else ():
            context = click.Context(inner, info_name=inner.name, parent=own, terminal_width=100)
            title = f"### ops0 {name} {inner.name}"
            parts.append(f"{title}\n```text\n{inner.get_help(context)}\n```\n")
    return "\n".join(parts)


ERRORS_HEAD = """\
# Exit codes

0 is success, 2 wrong usage, 130 Ctrl-C. Several faults exit with the first one's code.
Faults of one kind that are mended in one place share a code, as all that can be wrong with a setting's value (5), with
the calls of a pipeline (15), with what a decorator is given (18, 19) or with a place for results (58); the text says
which one it is.
"""


def errors_page() -> str:
    """Every error class with its exit code, sorted by code."""
    for package in (ops0, ops0_builder):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    family = {kind for kind in _family(errors.Ops0Error) if _is_public(kind)}
    found = sorted(family - {errors.ErrorGroup}, key=_code_and_home)
    rows = [f"| {kind.exit_code} | `{kind.__name__}` | {_first_line(kind)} |" for kind in found]
    return "\n".join([NOTE, ERRORS_HEAD, "| code | error | means |", "|---|---|---|", *rows, ""])


def _code_and_home(kind: type[errors.Ops0Error]) -> tuple[int, str, str]:
    return (kind.exit_code, kind.__name__, kind.__module__)


def _is_public(kind: type) -> bool:
    """Whether it is one of ops0's own: where tests run, they have made others."""
    home = kind.__module__.partition(".")[0]
    return home in ("ops0", "ops0_builder", "ops0_runner") and not kind.__name__.startswith("_")


def _family(kind: type[errors.Ops0Error]) -> set[type[errors.Ops0Error]]:
    return {kind}.union(*(_family(child) for child in kind.__subclasses__()))


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").splitlines()[0].replace("|", "\\|")


PAGES = {"commands.md": commands_page, "exit-codes.md": errors_page}


def main() -> int:
    """Write the pages, or say which are stale."""
    stale = []
    for name, make in PAGES.items():
        path, text = FOLDER / name, make()
        if "--check" in sys.argv:
            if not path.exists() or path.read_text() != text:
                stale.append(name)
        else:
            path.write_text(text)
    for name in stale:
        print(f"docs/reference/{name} is stale: run `make docs`", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
