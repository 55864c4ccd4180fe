"""``ops0 requirements``: what functions need, decorated or not, and why. Installs and imports nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import click

from ops0.cli import function_needs
from ops0.cli.completions import complete_file
from ops0.cli.options import examples, json_option
from ops0.cli.progress.slow import told_if_slow
from ops0.cli.show.plain_json import json_text
from ops0.cli.show.reasons import need_column, reason_line
from ops0.cli.tell import tell_warning
from ops0.cli.terminal import columns
from ops0.cli.usage import WrongUsage
from ops0.core.errors import AnalysisError, Ops0Error, raise_together
from ops0.core.near import did_you_mean
from ops0.core.pipeline import Reason, Warn
from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.values import Resolved
from ops0.host.versions import InstalledPackages

_NAMED = 2
"""How many functions are named that share a warning."""
_PIPELINE = "  (a pipeline: read, never run; no image has it)"


@click.command(
    "requirements",
    epilog=examples("ops0 requirements flow.py", "ops0 requirements flow.py:train --why numpy"),
)
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE[:FUNCTION]...", shell_complete=complete_file
)
@click.option(
    "--why", metavar="DIST", help="Show every reason for this distribution or Debian package."
)
@json_option
def command(files: tuple[str, ...], why: str | None, as_json: bool) -> None:
    """Show which packages a function needs, and why.

    FILE shows all functions, FILE:FUNCTION only one. Functions that cannot be analysed are listed last, on stderr.
    """
    _check_names(files)
    found: dict[str, dict[str, Resolved]] = {}
    partly: set[tuple[str, str]] = set()
    pipelines: set[tuple[str, str]] = set()
    faults: list[Ops0Error] = []
    shared = function_needs.Shared() if len(files) > 1 else None
    for argument in files:
        try:
            with told_if_slow(f"reading {argument}"):
                one = function_needs.requirements_of(argument, shared)
        except Ops0Error as fault:
            faults.append(fault)
            continue
        found.setdefault(one.path, {}).update(_told(one))
        partly.update((one.path, function) for function in one.partly)
        pipelines.update((one.path, function) for function in one.pipelines)
        faults += one.faults
    shown = {path: _only(needs, why) for path, needs in found.items() if needs}
    if why is not None and not faults and not any(shown.values()):
        faults.append(NotNeeded(why, files, _every_name(found.values())))
    if as_json:
        if shown or not faults:
            click.echo(json_text({path: _names(needs) for path, needs in shown.items()}))
    else:
        for path, needs in shown.items():
            for function, resolved in needs.items():
                said = _PIPELINE if (path, function) in pipelines else ""
                click.echo(f"{path}:{function}{said}")
                _show(resolved, every=why is not None)
                if (path, function) in partly:
                    click.echo("  and what the errors below are about")
        for needs in shown.values():
            _warn(needs)
    raise_together(faults)


def _check_names(files: tuple[str, ...]) -> None:
    """Raises UsageError for a function that is named behind its file instead of with it."""
    for before, one in pairwise(files):
        if one.isidentifier() and not Path(one).exists():
            raise WrongUsage(f"{one}: no such file", f"did you mean {before}:{one}?")


class NotNeeded(AnalysisError):
    """``--why`` of something that no function needs by itself."""

    def __init__(self, name: str, files: tuple[str, ...], needed: Sequence[str]) -> None:
        fact, what = f"{', '.join(files)}: no function needs {name}", " ".join(files)
        makers = InstalledPackages().bring(needed, name)
        if makers:
            fact += " by itself"
            hint = f"it comes with {', '.join(makers)}; why that: ops0 requirements {what} --why {makers[0]}"
        else:
            in_turn = "what those need in turn is in the lock, and in images: ops0 plan"
            see = f"see what is needed: ops0 requirements {what}; {in_turn}"
            hint = did_you_mean(name, needed, see)
        super().__init__(fact, hint)
        self.name = name


def _told(one: function_needs.Requirements) -> dict[str, Resolved]:
    """All functions of which something is known."""
    return {
        name: resolved
        for name, resolved in one.needs.items()
        if name not in one.partly or resolved.needs or resolved.system
    }


def _only(needs: Mapping[str, Resolved], why: str | None) -> Mapping[str, Resolved]:
    """The functions that need it, with nothing else; all of them where nothing is asked for."""
    if why is None:
        return needs
    name = canonicalize_name(why)
    kept = {
        function: replace(
            one,
            needs=tuple(need for need in one.needs if need.name == name),
            system=tuple(need for need in one.system if need.name == why),
            warnings=(),
        )
        for function, one in needs.items()
    }
    return {function: one for function, one in kept.items() if one.needs or one.system}


def _every_name(found: Iterable[Mapping[str, Resolved]]) -> list[str]:
    return sorted({need.name for needs in found for one in needs.values() for need in one.needs})


def _names(needs: Mapping[str, Resolved]) -> dict[str, list[str]]:
    return {name: [need.name for need in one.needs] for name, one in needs.items()}


def _show(resolved: Resolved, *, every: bool) -> None:
    if not resolved.needs and not resolved.system:
        click.echo("  nothing but Python")
    for need in resolved.needs:
        _reasons(need.requirement, need.reasons if every else need.reasons[:1])
        if every:
            click.echo(f"{need_column('')}named by: {need.origin}")
    for system in resolved.system:
        _reasons(f"apt {system.name}", system.reasons if every else system.reasons[:1])
    if resolved.native_code:
        _reasons("native code", resolved.native_code if every else resolved.native_code[:1])


def _warn(needs: Mapping[str, Resolved]) -> None:
    """Each warning of a file once, with the functions that it is about: a helper's is that of all that call it."""
    about: dict[Warn, list[str]] = {}
    for function, resolved in needs.items():
        for warning in dict.fromkeys(resolved.warnings):
            if not warning.images:
                about.setdefault(warning, []).append(function)
    for warning, functions in about.items():
        more = len(functions) - _NAMED
        names = ", ".join(functions[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        tell_warning(f"{names}: {warning.where}: {warning.text}", warning.hint)


def _reasons(name: str, reasons: Sequence[Reason]) -> None:
    for index, reason in enumerate(reasons):
        click.echo(reason_line("" if index else name, reason, columns(sys.stdout)))
