"""Any file to the facts of its functions, decorated or not. Pure."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Mapping
from contextlib import closing, nullcontext
from functools import partial

from ops0.core.analyzer.crossing import crossing_into, graph_inputs, keep_own
from ops0.core.analyzer.errors import SourceTooDeep, UnknownFunction
from ops0.core.analyzer.facts_of import facts_of, type_facts
from ops0.core.analyzer.flow import Flow, Handing, Place
from ops0.core.analyzer.hidden.syspath import with_all_roots
from ops0.core.analyzer.pipelines.declared_steps import declared_steps
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.roots import folder_of, with_folder
from ops0.core.analyzer.project.shelf import Shelf
from ops0.core.analyzer.reach.closures import pieces_of
from ops0.core.analyzer.reach.functions import Path, functions_of
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.reach.starts import Starts
from ops0.core.errors import Ops0Error, members
from ops0.core.facts import CallFact, Facts, TypeFact
from ops0.core.locked import Target
from ops0.core.project_files import Source

__all__ = ["function_facts"]


def function_facts(
    source: Source,
    entry: str,
    function: str | None,
    *,
    roots: tuple[str, ...],
    target: Target,
    sliced: bool = True,
    shelf: Shelf | None = None,
) -> Mapping[str, Facts]:
    """The facts of one function of a file, or of all, decorated or not; nested ones with dots.

    What is wrong with one function stands among its facts and leaves the others as they are.

    sliced: False where nobody will read the slices: there are none then
    shelf:  what questions about other files of the source have found out, and what this one adds
    raises: UnknownFunction and what reading the file itself raises
    """
    entry = posixpath.normpath(entry)

    def read(project: Project) -> Mapping[str, Facts]:
        module = project.module(entry)
        known = functions_of(module)
        if function is not None and function not in known:
            raise UnknownFunction(entry, function, known)
        wanted = known if function is None else {function: known[function]}
        flow = Flow(graph_inputs(module))
        handing, starts = Handing(flow), dict[Module, Starts]()
        return {
            name: _facts_or_faults(module, paths, handing, starts, sliced=sliced)
            for name, paths in wanted.items()
        }

    try:
        with nullcontext(shelf) if shelf is not None else closing(Shelf(source, most=1)) as shared:
            found = with_folder(source, entry, roots, target.python, shared.parse)
            return with_all_roots(shared, entry, found, target, read)
    except RecursionError:
        raise SourceTooDeep(entry) from None


def _facts_or_faults(
    module: Module,
    paths: tuple[Path, ...],
    handing: Handing,
    starts: dict[Module, Starts],
    *,
    sliced: bool,
) -> Facts:
    try:
        return _facts_of_paths(module, paths, handing, starts, sliced=sliced)
    except Ops0Error as fault:
        return Facts(faults=tuple(members(fault)))
    except RecursionError:
        return Facts(faults=(SourceTooDeep(module.path),))


def _facts_of_paths(
    module: Module,
    paths: tuple[Path, ...],
    handing: Handing,
    starts: dict[Module, Starts],
    *,
    sliced: bool,
) -> Facts:
    steps = {id(one.node) for one in declared_steps(module)[0]}
    mine = next((Place(module, path) for path in paths if id(path[-1]) in steps), None)
    reach = Reach(module.project, handing=handing, starts=starts)
    if mine is not None:
        reach.gives_anything = partial(handing.gives_anything, mine)
    reach.touch(module)
    units = {id(unit.node): unit for unit in module.units if unit.kind == "define"}
    types: list[TypeFact] = []
    opened: list[CallFact] = []
    for path in paths:
        node = path[-1]
        unit = units.get(id(node))
        if unit is not None:
            reach.keep(module, unit)
        else:
            for there, piece, code, around in pieces_of(module, path):
                reach.begin(there, piece, code, around)
        if not isinstance(node, ast.ClassDef):
            types += type_facts(module, node)
            crossing = crossing_into(handing.flow, Place(module, path))
            types += crossing.types
            opened += handing.addresses.opened(Place(module, path))
            keep_own(reach, crossing.own)
    asked = [path[-1] for path in paths]
    folder = folder_of(module.path)
    return facts_of(reach, folder, types, asked=asked, opened=opened, sliced=sliced)
