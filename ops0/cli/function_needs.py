"""What the functions of one file need, decorated or not: the whole of ``ops0 requirements`` but its printing."""
# ruff: noqa: PLC0415 - only what is needed is loaded

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ops0.cli.work import open_work

if TYPE_CHECKING:
    from ops0.core.errors import Ops0Error
    from ops0.core.requirements import Resolved


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """What functions of one file need.

    faults: what is wrong with some, each once;  partly: those of which therefore not all is known
    """

    path: str
    needs: Mapping[str, Resolved]
    faults: tuple[Ops0Error, ...]
    partly: frozenset[str]


def requirements_of(argument: str) -> Requirements:
    """What the functions of ``FILE`` or the one of ``FILE:FUNCTION`` need.

    raises: AnalysisError, SettingsError and their kinds, where the file as a whole can't be read
    """
    from ops0.core.analyzer import function_facts
    from ops0.core.analyzer.pipelines.declarations import step_declarations
    from ops0.core.requirements import StepDeclared, known_needs
    from ops0.host.nearby import tell_of_nearby

    path, _, function = argument.partition(":")
    work = open_work(path)
    project = work.project
    source, entry, roots = project.source, project.entry, project.roots
    facts = function_facts(
        source, entry, function or None, roots=roots, target=work.target, sliced=False
    )
    declared = step_declarations(source, entry, roots=roots, target=work.target)
    found: dict[str, Resolved] = {}
    faults: dict[str, Ops0Error] = {}
    partly: set[str] = set()
    for name, one in facts.items():
        known, wrong = known_needs(name, one, declared.get(name, StepDeclared()), work.context)
        found[name] = replace(known, warnings=(*one.warnings, *known.warnings))
        partly.update([name] if wrong else [])
        for fault in wrong:  # once, whoever reaches it
            faults.setdefault(str(fault), fault)
    tell_of_nearby(project.root, faults.values())
    return Requirements(
        path=path, needs=found, faults=tuple(faults.values()), partly=frozenset(partly)
    )
