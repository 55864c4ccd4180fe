"""What ops0 says of the corpus, with nothing installed beside it: the same path as ``ops0 requirements --json``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from ops0.cli import wiring
from ops0.cli.work import open_work
from ops0.core.analyzer import function_facts
from ops0.core.errors import Ops0Error
from ops0.core.facts import Facts
from ops0.core.requirements import Resolved, StepDeclared, resolve_needs
from ops0.core.requirements.installed import Installed


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What was said of one function. ``fault``: why nothing was said; such an answer is empty, and counts as that."""

    all: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    apt: frozenset[str] = frozenset()
    fault: str | None = None


def ask(file: Path) -> dict[str, Answer]:
    """ops0's answer for each function of a file, by name."""
    with nothing_installed():
        resolved, faults = _resolved(file)
        by_imports = _by_imports(file)
    return {
        name: Answer(
            all=frozenset(need.name for need in resolved[name].needs)
            if name in resolved
            else frozenset(),
            apt=frozenset(need.name for need in resolved[name].system)
            if name in resolved
            else frozenset(),
            imports=by_imports[name],
            fault=faults.get(name),
        )
        for name in by_imports
    }


@contextmanager
def nothing_installed() -> Iterator[None]:
    """As in an environment that has ops0 and what it depends on, none of which may help."""
    with patch("ops0.host.declared.read_installed", lambda **_: Installed()):
        yield


def _resolved(file: Path) -> tuple[dict[str, Resolved], dict[str, str]]:
    """Needs by function, and faults by function. A file that has faults is asked about function by function."""
    try:
        return dict(wiring.requirements_of(str(file))[1]), {}
    except Ops0Error:
        pass
    needs: dict[str, Resolved] = {}
    faults: dict[str, str] = {}
    for name in _facts(file):
        try:
            needs.update(wiring.requirements_of(f"{file}:{name}")[1])
        except Ops0Error as fault:  # noqa: PERF203 - each function has faults of its own
            faults[name] = str(fault).partition("\n")[0]
    return needs, faults


def _facts(file: Path) -> dict[str, Facts]:
    work = open_work(str(file))
    project = work.project
    return dict(
        function_facts(project.source, project.entry, None, roots=project.roots, target=work.target)
    )


def _by_imports(file: Path) -> dict[str, frozenset[str]]:
    """What each function needs by the imports that it reaches alone: no rules, no types."""
    context = open_work(str(file)).context
    found: dict[str, frozenset[str]] = {}
    for name, facts in _facts(file).items():
        names: set[str] = set()
        for fact in facts.imports:  # one by one: an unknown import hides no other
            try:
                resolved = resolve_needs(name, Facts(imports=(fact,)), StepDeclared(), context)
            except Ops0Error:
                continue
            names.update(need.name for need in resolved.needs)
        found[name] = frozenset(names)
    return found
