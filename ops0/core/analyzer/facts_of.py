"""From what is reached to facts: imports, calls, texts, types, slices, data files."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ops0.core.analyzer.datafiles import data_files
from ops0.core.analyzer.hidden.given_back import given_back
from ops0.core.analyzer.hidden.hidden import follow_hidden
from ops0.core.analyzer.hidden.uses import uses_of
from ops0.core.analyzer.pipelines.kernel import kernel_warnings
from ops0.core.analyzer.pipelines.misnamed import misnamed
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, resolve
from ops0.core.analyzer.reach.needed import NeededAnyway
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.slices import slices
from ops0.core.analyzer.syntax.annotations import chains_in
from ops0.core.analyzer.syntax.model import FUNCTIONS, Imported
from ops0.core.analyzer.syntax.stdlib import is_of_another_python, is_stdlib
from ops0.core.analyzer.warned import in_order
from ops0.core.errors import Ops0Error
from ops0.core.facts import CallFact, Facts, ImportFact, TypeFact, Uses
from ops0.core.pipeline import Where

__all__ = ["facts_of", "type_facts"]


def facts_of(
    reach: Reach,
    folder: str,
    types: Iterable[TypeFact] = (),
    *,
    asked: Iterable[ast.AST] = (),
    opened: Iterable[CallFact] = (),
    sliced: bool = True,
) -> Facts:
    """Finish a reach and say what it found.

    asked:  the functions that it is about: what they give back, others open
    opened: the calls that open what others give back: see flow/addresses.py
    folder: where relative file names start;   sliced: False where nobody will read the slices: there are none then
    raises: what parsing raises; an import that leads nowhere is a fault among the facts
    """
    hidden = follow_hidden(reach, folder)
    data, warnings, writes = data_files(reach, hidden.spots, folder)
    functions = [one for one in asked if isinstance(one, FUNCTIONS)]
    away = frozenset[int]().union(*map(given_back, functions))
    used = uses_of(reach, away)
    warned = (*reach.warnings, *hidden.warnings, *warnings)
    return Facts(
        imports=_imports(reach),
        uses=_with_opened(used.parts, opened),
        types=tuple(sorted(set(types), key=_whole)),
        commands=hidden.commands,
        slices=slices(reach) if sliced else (),
        data=data,
        writes=writes,
        warnings=in_order((*warned, *kernel_warnings(reach), *misnamed(used.own))),
        faults=tuple(sorted(reach.faults, key=_place)),
    )


def type_facts(
    module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> tuple[TypeFact, ...]:
    """The outside types that a function's own annotations name, whether they run or not."""
    arguments = node.args
    every = (
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    )
    subjects = [(one.arg, one.annotation) for one in every if one is not None]
    found: list[TypeFact] = []
    for subject, annotation in [*subjects, ("return", node.returns)]:
        for chain in chains_in(annotation) if annotation is not None else ():
            meant = resolve(module, chain, typing=True)
            if isinstance(meant, External) and _counts(module, meant.dotted):
                where = module.where(annotation.lineno if annotation is not None else node.lineno)
                found.append(TypeFact(name=meant.dotted, subject=subject, where=where))
    return tuple(found)


def _with_opened(parts: tuple[Uses, ...], opened: Iterable[CallFact]) -> tuple[Uses, ...]:
    """What a function uses, and the calls of others that are not among its own: it has thousands, and few more."""
    more = dict.fromkeys(opened)
    if not more:
        return parts
    names = {one.name for one in more}
    known = {one for part in parts for one in part.calls if one.name in names}
    return (*parts, Uses(calls=tuple(one for one in more if one not in known)))


def _imports(reach: Reach) -> tuple[ImportFact, ...]:
    """One fact for each import statement and module, with the names that are used of it."""
    grouped: dict[tuple[Module, int, str, bool], list[Imported]] = {}
    needed = NeededAnyway(reach).among(reach.externals)
    for external in reach.externals:
        if not _counts(external.module, external.dotted):
            continue
        one = external.one
        optional = one.guard != "none" and external not in needed
        if optional and is_of_another_python(external.dotted):
            continue
        key = (external.module, one.line, external.dotted, optional)
        grouped.setdefault(key, []).append(one)
    facts = [_import_fact(*key, frozenset(ones)) for key, ones in grouped.items()]
    return tuple(
        sorted(facts, key=lambda one: (one.where.path, one.where.line, one.module, one.optional))
    )


def _import_fact(
    module: Module, line: int, dotted: str, optional: bool, ones: frozenset[Imported]
) -> ImportFact:
    """One value for all steps that use the same names of an import."""
    key = ("import", line, dotted, optional, ones)
    return module.memory.once(
        key, lambda: _made_fact(module, line, dotted, ones, optional=optional)
    )


def _made_fact(
    module: Module, line: int, dotted: str, ones: frozenset[Imported], *, optional: bool
) -> ImportFact:
    ordered = sorted(ones, key=lambda one: (one.name or "", one.bound))
    python = module.project.target.python
    head = ordered[0].text
    text = (
        ", ".join([head, *(one.text.partition(" import ")[2] for one in ordered[1:])])
        if ordered[0].name
        else head
    )
    names = tuple(one.name for one in ordered if one.name is not None)
    groups = (tuple(n for n in group if not is_stdlib(n, python)) for group in ordered[0].instead)
    return ImportFact(
        module=dotted,
        names=names,
        where=module.where(line),
        text=text,
        optional=optional,
        instead=tuple(group for group in groups if group),
    )


def _whole(fact: TypeFact) -> tuple[object, ...]:
    """All that a fact says: no two of one place are in the order of a set."""
    return (fact.where, fact.name, fact.subject, fact.made, fact.literals, fact.optional)


def _place(fault: Ops0Error) -> tuple[str, int, str]:
    """Where a fault is, then what it says: in which order code is reached is chance."""
    where = getattr(fault, "where", None)
    return (where.path, where.line, str(fault)) if isinstance(where, Where) else ("", 0, str(fault))


def _counts(module: Module, dotted: str) -> bool:
    """Whether a module is neither the target's standard library nor ops0."""
    return dotted.partition(".")[0] != "ops0" and not is_stdlib(
        dotted, module.project.target.python
    )
