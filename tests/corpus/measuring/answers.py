"""What ops0 says of the corpus, with nothing installed beside it: the same path as ``ops0 requirements --json``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TypeVar
from unittest.mock import patch

from measuring.truth import CASES
from ops0.cli import function_needs
from ops0.cli.work import open_work
from ops0.core.analyzer import function_facts
from ops0.core.errors import Ops0Error
from ops0.core.facts import Facts
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.resolve import resolve_needs
from ops0.host.installed import Environment

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What was said of one function. ``fault``: why nothing was said; such an answer is empty, and counts as that."""

    all: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    apt: frozenset[str] = frozenset()
    fault: str | None = None


def ask(file: Path, functions: Sequence[str]) -> dict[str, Answer]:
    """ops0's answer for functions of a file, by name."""
    with nothing_installed(), standing_alone(file) as file:  # noqa: PLR1704
        needs, faults = ask_each(
            file, functions, lambda one: function_needs.requirements_of(one).needs
        )
        facts, _ = ask_each(file, functions, facts_of)
        context = open_work(str(file)).context

        def by_imports(name: str) -> frozenset[str]:
            found: set[str] = set()
            for fact in facts[name].imports if name in facts else ():
                try:  # one by one: an unknown import hides no other
                    resolved = resolve_needs(name, Facts(imports=(fact,)), StepDeclared(), context)
                except Ops0Error:
                    continue
                found.update(need.name for need in resolved.needs)
            return frozenset(found)

        return {
            name: Answer(
                all=frozenset(one.name for one in needs[name].needs),
                apt=frozenset(one.name for one in needs[name].system),
                imports=by_imports(name),
                fault=faults.get(name),
            )
            if name in needs
            else Answer(imports=by_imports(name), fault=faults.get(name, "no such function"))
            for name in functions
        }


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


def facts_of(argument: str) -> Mapping[str, Facts]:
    """What ops0 finds of ``file.py`` or ``file.py:function``, slices included."""
    path, _, function = argument.partition(":")
    work = open_work(path)
    project = work.project
    return function_facts(
        project.source, project.entry, function or None, roots=project.roots, target=work.target
    )
