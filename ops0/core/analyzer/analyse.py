"""The analyzer's doors: a pipeline file to a Pipeline, any file to the facts of its functions. Pure."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

from ops0.core.analyzer.crossing import crossing_into, inputs_of, keep_own
from ops0.core.analyzer.datafiles import run_folder, with_given
from ops0.core.analyzer.errors import (
    BadStepName,
    DuplicateStepName,
    NoSteps,
    SourceTooDeep,
)
from ops0.core.analyzer.facts_of import facts_of, type_facts
from ops0.core.analyzer.flow import Flow, Handing, Place
from ops0.core.analyzer.hidden.syspath import with_all_roots
from ops0.core.analyzer.left_files import without_left
from ops0.core.analyzer.pipelines.almost_steps import almost_steps, steps_by_call
from ops0.core.analyzer.pipelines.apart import (
    Globals,
    globals_of,
    steps_called,
    touching,
    unseen_by,
)
from ops0.core.analyzer.pipelines.called_arguments import called_arguments
from ops0.core.analyzer.pipelines.called_at_import import called_at_import
from ops0.core.analyzer.pipelines.declared_steps import DeclaredStep, declared_steps, returns_of
from ops0.core.analyzer.pipelines.explicit import read_calls
from ops0.core.analyzer.pipelines.finder import Finder
from ops0.core.analyzer.pipelines.implicit import implicit_calls
from ops0.core.analyzer.pipelines.kernel import earlier_definitions, kernel_faults
from ops0.core.analyzer.pipelines.no_results import with_no_results
from ops0.core.analyzer.pipelines.pipelines import Chosen, choose_pipeline
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.roots import folder_of, with_folder
from ops0.core.analyzer.project.shelf import Shelf
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.reach.starts import Starts
from ops0.core.analyzer.warned import in_order, warned
from ops0.core.arguments import part_sources
from ops0.core.errors import Ops0Error, members, raise_together
from ops0.core.facts import Facts
from ops0.core.graphs.graph_faults import DuplicateStep
from ops0.core.locked import Target
from ops0.core.notebooks.document import is_notebook
from ops0.core.pipeline import Call, CallId, FromCall, Pipeline, Reason, Step, StepName
from ops0.core.project_files import Source
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.values import Resolved

__all__ = ["ResolveNeeds", "analyse"]

ResolveNeeds = Callable[[str, Facts, StepDeclared], Resolved]
"""What names the needs of one step: its name, its facts, what its decorators declare."""


def analyse(
    source: Source,
    entry: str,
    *,
    roots: tuple[str, ...],
    target: Target,
    resolve_needs: ResolveNeeds,
    pipeline: str | None = None,
    params: Collection[str] = (),
    unnamed: str | None = None,
) -> Pipeline:
    """Read a pipeline file without running anything.

    entry:    the file, relative to the source's root;  roots: where its imports start, in order
    target:   of steps that do not ask for another Python
    pipeline: the name of the one that is meant; None for the last one, else the module's steps
    params:   names given when the run starts: they come before implicit edges
    unnamed:  what a pipeline is called that has no name of its own; None: as its file
    raises:   every error of ops0.core.analyzer.errors, of ops0.core.graph and of ``resolve_needs``; all that
              are found together as one ErrorGroup
    """
    entry = posixpath.normpath(entry)

    def read(project: Project) -> Pipeline:
        analysis = _Analysis(project, project.module(entry), resolve_needs)
        return analysis.pipeline(pipeline, params, unnamed)

    try:
        with closing(Shelf(source, most=1)) as shelf:
            found = with_folder(source, entry, roots, target.python, shelf.parse)
            return with_all_roots(shelf, entry, found, target, read)
    except RecursionError:
        raise SourceTooDeep(entry) from None


@dataclass
class _Analysis:
    """One pipeline file being read. Steps that ask for another Python have a project of their own."""

    project: Project
    module: Module
    resolve_needs: ResolveNeeds
    faults: list[Ops0Error] = field(default_factory=list)
    others: dict[str, Project] = field(default_factory=dict)
    handing: Handing = field(default_factory=lambda: Handing(Flow()))
    writes: dict[StepName, frozenset[str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    globals: dict[str, Globals] = field(default_factory=dict)
    starts: dict[Module, Starts] = field(default_factory=dict)

    def pipeline(
        self, wanted: str | None, params: Collection[str], unnamed: str | None
    ) -> Pipeline:
        """The whole of it, or all that is wrong with it."""
        steps, self.faults = declared_steps(self.module)
        self.faults += steps_by_call(self.module) if steps else ()
        chosen = choose_pipeline(self.module, steps, wanted, unnamed)
        if chosen.function is None and not chosen.steps:
            self.stop()
            raise_together(almost_steps(self.module))
            raise NoSteps(self.module.path)
        if len(chosen.name) > 63:
            self.faults.append(BadStepName(self.module.where(1), "Pipeline", chosen.name))
        calls, results, used = self.calls(chosen, steps, params)
        self.handing = Handing(Flow(inputs_of(calls, used)))
        self.check_names(used)
        self.known = frozenset(one.bound for one in steps)
        by_step: dict[str, list[Call]] = {}
        for call in calls:
            by_step.setdefault(call.step, []).append(call)
        made = [self.step(step, by_step.get(step.name, [])) for step in used]
        self.stop()
        touched = touching(self.globals, calls)
        whole = [warned(one, unseen_by(one.name, self.globals, touched)) for one in made if one]
        whole[:1] = [warned(one, called_at_import(self.module, self.known)) for one in whole[:1]]
        nodes = {StepName(step.name): step.node for step in used}
        return Pipeline(
            name=chosen.name,
            entry=self.module.path,
            steps=with_no_results(without_left(whole, calls, self.writes), calls, nodes),
            calls=calls,
            results=results,
            explicit=chosen.function is not None,
        )

    def calls(
        self, chosen: Chosen, steps: tuple[DeclaredStep, ...], params: Collection[str]
    ) -> tuple[tuple[Call, ...], tuple[CallId, ...], tuple[DeclaredStep, ...]]:
        """The graph. What is wrong with it is kept for later, so that the steps' own faults are told too."""
        try:
            if chosen.function is not None:
                finder = Finder(steps, self.faults)
                names = tuple(step.bound for step in steps)
                return read_calls(self.module, chosen.function, finder.find, names)
            calls, results = implicit_calls(chosen.steps, params)
        except Ops0Error as fault:
            self.note(fault)
            return (), (), chosen.steps if chosen.function is None else steps
        return calls, results, chosen.steps

    def step(self, declared: DeclaredStep, calls: Sequence[Call]) -> Step | None:
        """One step with its needs, or None after a fault."""
        try:
            facts, unsure = self.facts(declared, calls)
            raise_together(facts.faults)
            needs = self.resolve_needs(declared.name, facts, declared.marks.declared)
        except Ops0Error as fault:
            self.note(fault)
            return None
        folder = folder_of(self.module.path)
        warnings = (
            *facts.warnings,
            *needs.warnings,
            *earlier_definitions(declared),
            *called_arguments(declared, self.known),
        )
        data = with_given(self.project, folder, facts.data, calls)
        self.writes[StepName(declared.name)] = facts.writes
        return Step(
            name=StepName(declared.name),
            module=declared.module.name,
            function=declared.node.name,
            where=declared.where,
            parameters=declared.parameters,
            returns=returns_of(declared.node),
            output=declared.marks.output,
            options=declared.marks.options,
            needs=needs.needs,
            system=needs.system,
            slices=facts.slices,
            data=data,
            roots=self.project.roots,
            native_code=_native_code(declared, needs.native_code),
            open_inputs=unsure,
            folder=folder if is_notebook(self.module.path) else run_folder(folder, data),
            warnings=in_order(warnings),
        )

    def facts(self, declared: DeclaredStep, calls: Sequence[Call]) -> tuple[Facts, tuple[str, ...]]:
        """What one step reaches, on the Python that it asks for; types only of what crosses an edge.

        returns: the facts, and the parameters that may hold more than can be told
        """
        module = self.on_python(declared.marks.options.python).module(declared.module.path)
        place = Place(declared.module, (declared.node,))
        reach = Reach(
            module.project,
            handing=self.handing,
            gives_anything=partial(self.handing.gives_anything, place),
            starts=self.starts,
        )
        reach.touch(module)
        unit = module.units[declared.unit.index]
        reach.keep(module, unit)
        assert isinstance(unit.node, ast.FunctionDef)  # noqa: S101 - the same file, parsed again
        crossing = _crossing(declared, calls)
        types = [one for one in type_facts(module, unit.node) if one.subject in crossing]
        values = crossing_into(self.handing.flow, place, crossing)
        keep_own(reach, values.own)
        folder = folder_of(self.module.path)
        opened = self.handing.addresses.opened(place, crossing)
        types += values.types
        facts = facts_of(reach, folder, types, asked=(unit.node,), opened=opened)
        self.globals[declared.name] = globals_of(reach)
        called = steps_called(reach, declared.name, declared.node.name, self.known)
        facts = replace(facts, warnings=(*facts.warnings, *called))
        raise_together(kernel_faults(reach, declared.name))
        return facts, values.open

    def on_python(self, python: str | None) -> Project:
        """The project as seen by another Python."""
        if python is None or python == self.project.target.python:
            return self.project
        if python not in self.others:
            target = replace(self.project.target, python=python)
            self.others[python] = self.project.on(target)
        return self.others[python]

    def check_names(self, steps: tuple[DeclaredStep, ...]) -> None:
        """Names must differ even where case does not count: in tags and file names."""
        first: dict[str, DeclaredStep] = {}
        for step in steps:
            before = first.setdefault(step.name.lower(), step)
            if before is not step and not any(
                _is_duplicate(fault, step.name) for fault in self.faults
            ):
                self.faults.append(DuplicateStepName(step.where, step.name, before.where))

    def note(self, fault: Ops0Error) -> None:
        """Keep a fault, or the members of a group, once each."""
        known = {str(one) for one in self.faults}
        for one in members(fault):
            if str(one) not in known:
                self.faults.append(one)

    def stop(self) -> None:
        """Raise what has been noted."""
        raise_together(self.faults)


def _native_code(declared: DeclaredStep, found: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """What its decorators say counts; where they say nothing, what was found."""
    said = declared.marks.options.native_code
    if said is None:
        return found
    return (Reason(declared.where, "declared: native_code=True"),) if said else ()


def _crossing(step: DeclaredStep, calls: Sequence[Call]) -> frozenset[str]:
    """The parameters that another call's result fills, and the step's own result.

    What the run gives is JSON, and what nobody gives is the step's own default: their types are loaded by nobody.
    """
    inputs = [one for call in calls if call.step == step.name for one in part_sources(call)]
    return frozenset({"return", *(name for name, given in inputs if isinstance(given, FromCall))})


def _is_duplicate(fault: Ops0Error, name: str) -> bool:
    return isinstance(fault, DuplicateStep) and fault.step == name
