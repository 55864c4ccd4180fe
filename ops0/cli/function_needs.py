"""What the functions of one file need, decorated or not: the whole of ``ops0 requirements`` but its printing."""
# ruff: noqa: PLC0415 - only what is needed is loaded

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ops0.cli.work import Work, open_work
from ops0.core.notebooks.document import is_notebook

if TYPE_CHECKING:
    from pathlib import Path

    from ops0.core.analyzer.pipelines.declarations import Declarations
    from ops0.core.analyzer.project.shelf import Shelf
    from ops0.core.errors import Ops0Error
    from ops0.core.facts import Facts
    from ops0.core.requirements.values import Context, Resolved
    from ops0.host.project import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """What functions of one file need.

    faults: what is wrong with some, each once;  partly: those of which therefore not all is known
    pipelines: those that are pipelines: they are read, and no image has them
    """

    path: str
    needs: Mapping[str, Resolved]
    faults: tuple[Ops0Error, ...]
    partly: frozenset[str]
    pipelines: frozenset[str] = frozenset()


@dataclass(eq=False)
class Shared:
    """What questions about several files have in common: the project of the last one, and what names distributions."""

    shelves: dict[Path, Shelf] = field(default_factory=dict)
    contexts: dict[object, Context] = field(default_factory=dict)

    def shelf(self, project: Project) -> Shelf:
        """What is known of the files of a project."""
        from ops0.core.analyzer.project.shelf import Shelf

        if project.root not in self.shelves:
            while self.shelves:
                self.shelves.popitem()[1].close()
            self.shelves[project.root] = Shelf(project.source)
        return self.shelves[project.root]

    def context(self, work: Work) -> Context:
        """That of a project, and of each notebook, which may install something."""
        entry = work.project.entry
        key = work.project.root, work.target, entry if is_notebook(entry) else None
        if key not in self.contexts:
            self.contexts[key] = work.context
        return self.contexts[key]


def requirements_of(argument: str, shared: Shared | None = None) -> Requirements:
    """What the functions of ``FILE`` or the one of ``FILE:FUNCTION`` need.

    shared: of the questions before; None where there is only this one
    raises: AnalysisError, SettingsError and their kinds, where the file as a whole can't be read
    """
    from ops0.core.analyzer import function_facts
    from ops0.core.analyzer.pipelines.declarations import declarations
    from ops0.host.packages_above import tell_of_nearby

    path, _, function = argument.partition(":")
    work = open_work(path)
    project = work.project
    source, entry, roots = project.source, project.entry, project.roots
    facts = function_facts(
        source,
        entry,
        function or None,
        roots=roots,
        target=work.target,
        sliced=False,
        shelf=None if shared is None else shared.shelf(project),
    )
    declared = declarations(source, entry, roots=roots, target=work.target)
    found = named(path, facts, declared, work.context if shared is None else shared.context(work))
    tell_of_nearby(project.root, found.faults)
    return found


def named(
    path: str, facts: Mapping[str, Facts], declared: Declarations, context: Context
) -> Requirements:
    """What functions need, by the names of distributions."""
    from ops0.core.requirements.declarations import StepDeclared
    from ops0.core.requirements.resolve import known_needs

    found: dict[str, Resolved] = {}
    faults: dict[str, Ops0Error] = {}
    partly: set[str] = set()
    for name, one in facts.items():
        known, wrong = known_needs(name, one, declared.steps.get(name, StepDeclared()), context)
        found[name] = replace(known, warnings=(*one.warnings, *known.warnings))
        partly.update([name] if wrong else [])
        for fault in wrong:  # once, whoever reaches it
            faults.setdefault(str(fault), fault)
    return Requirements(
        path=path,
        needs=found,
        faults=tuple(faults.values()),
        partly=frozenset(partly),
        pipelines=declared.pipelines,
    )
