"""What ops0 says of the corpus, with nothing installed beside it: as ``ops0 requirements --json``, slices included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TypeVar
from unittest.mock import patch

from measuring.truth import CASES
from ops0.cli import function_needs
from ops0.cli.work import Work, open_work
from ops0.core.analyzer import function_facts
from ops0.core.analyzer.pipelines.declarations import declarations
from ops0.core.errors import Ops0Error
from ops0.core.facts import Facts
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.values import Context, Resolved
from ops0.host.installed import Environment
from ops0.host.project import Project

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What was said of one function. ``fault``: why nothing was said; such an answer is empty, and counts as that."""

    all: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    apt: frozenset[str] = frozenset()
    fault: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysed:
    """What one analysis of a file gives.

    facts, needs: by function;  faults: by function, why nothing was said
    """

    project: Project
    context: Context
    facts: Mapping[str, Facts]
    needs: Mapping[str, Resolved]
    faults: Mapping[str, str]

    def answers(self, functions: Sequence[str]) -> dict[str, Answer]:
        """ops0's answer for functions of the file, by name."""
        return {
            name: Answer(
                all=frozenset(one.name for one in self.needs[name].needs),
                apt=frozenset(one.name for one in self.needs[name].system),
                imports=self._by_imports(name),
                fault=self.faults.get(name),
            )
            if name in self.needs
            else Answer(fault=self.faults.get(name, "no such function"))
            for name in functions
        }

    def _by_imports(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        for fact in self.facts[name].imports:
            try:  # one by one: an unknown import hides no other
                only = Facts(imports=(fact,))
                resolved = resolve_needs(name, only, StepDeclared(), self.context)
            except Ops0Error:
                continue
            found.update(need.name for need in resolved.needs)
        return frozenset(found)


def ask(file: Path, functions: Sequence[str]) -> dict[str, Answer]:
    """ops0's answer for functions of a file, by name."""
    with analysed(file, functions) as found:
        return found.answers(functions)


@contextmanager
def analysed(file: Path, functions: Sequence[str]) -> Iterator[Analysed]:
    """A file of the corpus, analysed once for all that is asked of it; its project is there meanwhile."""
    with nothing_installed(), standing_alone(file) as here:
        yield analyse(here, functions)


def analyse(here: Path, functions: Sequence[str]) -> Analysed:
    """A file, where it stands."""
    work = open_work(str(here))
    found, faults = ask_each(here, functions, partial(_facts_and_needs, work))
    return Analysed(
        project=work.project,
        context=work.context,
        facts={name: facts for name, (facts, _) in found.items()},
        needs={name: needs for name, (_, needs) in found.items()},
        faults=faults,
    )


@contextmanager
def standing_alone(file: Path) -> Iterator[Path]:
    """The file in a copy of its case, outside of this project: which has requirements of its own."""
    case, *inside = file.relative_to(CASES).parts
    with TemporaryDirectory() as folder:
        copy = Path(folder) / case
        copytree(CASES / case, copy)
        yield copy.joinpath(*inside)


@contextmanager
def nothing_installed() -> Iterator[None]:
    """As in an environment that has ops0 and what it depends on, none of which may help."""
    with patch("ops0.host.installed.read_environment", Environment):
        yield


def ask_each(
    file: Path, functions: Sequence[str], ask_about: Callable[[str], Mapping[str, _T]]
) -> tuple[dict[str, _T], dict[str, str]]:
    """Values and faults by function. A file that has faults is asked about function by function."""
    try:
        return dict(ask_about(str(file))), {}
    except Ops0Error:
        pass
    values: dict[str, _T] = {}
    faults: dict[str, str] = {}
    for name in functions:
        try:
            values.update(ask_about(f"{file}:{name}"))
        except Ops0Error as fault:  # noqa: PERF203 - each function has faults of its own
            faults[name] = str(fault).partition("\n")[0]
    return values, faults


def _facts_and_needs(work: Work, argument: str) -> Mapping[str, tuple[Facts, Resolved]]:
    """What ops0 finds of ``file.py`` or ``file.py:function``, slices included, and what it makes of that."""
    path, _, function = argument.partition(":")
    project = work.project
    at = {"roots": project.roots, "target": work.target}
    facts = function_facts(project.source, project.entry, function or None, **at)
    declared = declarations(project.source, project.entry, **at)
    named = function_needs.named(path, facts, declared, work.context)
    return {name: (one, named.needs[name]) for name, one in facts.items()}
