"""From what is reached to facts: imports, calls, texts, types, slices, data files."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence

from ops0.core.analyzer.annotations import chains_in
from ops0.core.analyzer.datafiles import data_files
from ops0.core.analyzer.dynamic import dynamic_imports
from ops0.core.analyzer.external import ExternalImport
from ops0.core.analyzer.kept_sets import kept_sets
from ops0.core.analyzer.model import CallUse, Extract, Imported
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.paths import known_text
from ops0.core.analyzer.reach import Reach
from ops0.core.analyzer.resolve import External, resolve, resolve_import
from ops0.core.analyzer.slices import slices
from ops0.core.analyzer.stdlib import is_stdlib
from ops0.core.errors import raise_together
from ops0.core.facts import CallFact, Facts, ImportFact, TextFact, TypeFact
from ops0.core.pipeline import Where

__all__ = ["facts_of", "type_facts"]


def facts_of(reach: Reach, folder: str, types: Iterable[TypeFact] = ()) -> Facts:
    """Finish a reach and say what it found.

    folder: where relative file names start
    raises: LocalModuleMissing and what parsing raises; ErrorGroup of them
    """
    reach.finish()
    while dynamic_imports(reach):
        reach.finish()
    raise_together(reach.faults)
    data, warnings = data_files(reach, folder)
    calls, texts = _calls_and_texts(reach)
    return Facts(
        imports=_imports(reach),
        calls=calls,
        texts=texts,
        types=tuple(sorted(set(types), key=lambda one: (one.where, one.name, one.subject))),
        slices=slices(reach),
        data=data,
        warnings=tuple(sorted({*reach.warnings, *warnings}, key=lambda one: (one.where, one.text))),
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


def _imports(reach: Reach) -> tuple[ImportFact, ...]:
    """One fact for each import statement and module, with the names that are used of it."""
    grouped: dict[tuple[Where, str, bool], list[Imported]] = {}
    needed = _NeededAnyway(reach)
    for external in reach.externals:
        if not _counts(external.module, external.dotted):
            continue
        one = external.one
        optional = one.guard != "none" and not needed.has(external)
        key = (external.module.where(one.line), external.dotted, optional)
        grouped.setdefault(key, []).append(one)
    facts = [
        _import_fact(where, dotted, ones, optional)
        for (where, dotted, optional), ones in grouped.items()
    ]
    return tuple(sorted(facts, key=lambda one: (one.where, one.module, one.optional)))


def _import_fact(where: Where, dotted: str, ones: list[Imported], optional: bool) -> ImportFact:
    ordered = sorted(set(ones), key=lambda one: (one.name or "", one.bound))
    head = ordered[0].text
    text = (
        ", ".join([head, *(one.text.partition(" import ")[2] for one in ordered[1:])])
        if ordered[0].name
        else head
    )
    names = tuple(one.name for one in ordered if one.name is not None)
    return ImportFact(module=dotted, names=names, where=where, text=text, optional=optional)


class _NeededAnyway:
    """Guarded imports whose failure the code survives but the step would not.

    ``try: import x / except ImportError: x = None`` and then ``x.train()`` in code that never asks whether
    ``x`` is there.
    """

    def __init__(self, reach: Reach) -> None:
        self.reach = reach

    def has(self, external: ExternalImport) -> bool:
        unit, one = external.unit, external.one
        if one.guard != "absent" or unit is None or unit.kind == "import":
            return False
        return any(
            self._uses_blindly(piece, one.bound, unit.bound)
            for module, piece, owner in self.reach.pieces()
            if module is external.module and owner is not unit
        )

    @staticmethod
    def _uses_blindly(piece: Extract, name: str, bound: frozenset[str]) -> bool:
        chains = [read.chain for read in piece.reads if not read.via]
        asks = any(chain[0] in bound and (chain[0] != name) for chain in chains)
        return (
            not asks
            and any(chain[0] == name and len(chain) > 1 for chain in chains)
            and (name,) not in chains
        )


_CallsAndTexts = tuple[tuple[CallFact, ...], tuple[TextFact, ...]]


def _calls_and_texts(reach: Reach) -> _CallsAndTexts:
    kept = [_facts_of_kept(*one) for one in kept_sets(reach)]
    if reach.extras:
        return _joined([*kept, *(_facts_in(*one) for one in reach.extras)])
    # Modules come by path, and each one's facts are in order.
    return tuple(call for one in kept for call in one[0]), tuple(
        text for one in kept for text in one[1]
    )


def _joined(found: Sequence[_CallsAndTexts]) -> _CallsAndTexts:
    """All of them, in order and without duplicates."""
    calls = {call for one in found for call in one[0]}
    texts = {text for one in found for text in one[1]}
    return tuple(sorted(calls, key=_call_order)), tuple(sorted(texts, key=_text_order))


def _facts_of_kept(module: Module, kept: frozenset[int]) -> _CallsAndTexts:
    """The facts of a module's kept units. Many steps keep the same ones of a module."""

    def of_unit(index: int) -> _CallsAndTexts:
        piece = module.extract(module.units[index])
        return module.memory.once(("facts", index), lambda: _facts_in(module, piece))

    def of_all() -> _CallsAndTexts:
        found = [of_unit(index) for index in kept]
        return _joined(found)

    return module.memory.once(("facts", kept), of_all)


def _facts_in(module: Module, piece: Extract) -> _CallsAndTexts:
    """The calls and texts of one piece of code."""
    named = ((call, call_name(module, call)) for call in piece.calls)
    calls = tuple(
        CallFact(name=name, literals=_literals(module, call), where=module.where(call.node.lineno))
        for call, name in named
        if name is not None
    )
    texts = (TextFact(text=text, where=module.where(line)) for text, line in piece.texts)
    return calls, tuple(texts)


def _call_order(one: CallFact) -> tuple[str, int, str, tuple[tuple[str, str], ...]]:
    return one.where.path, one.where.line, one.name, one.literals


def _text_order(one: TextFact) -> tuple[str, int, str]:
    return one.where.path, one.where.line, one.text


def call_name(module: Module, call: CallUse) -> str | None:
    """``pandas.read_parquet``, or ``.to_parquet`` of something unknown; None for the project's own and builtins."""
    if not call.chain[0]:
        return ".".join(call.chain)
    if call.via:
        found = [resolve_import(module, one, call.chain[1:]) for one in call.via]
        meant = next((one for one in found if isinstance(one, External)), None)
    else:
        resolved = resolve(module, call.chain)
        if resolved is not None and not isinstance(resolved, External) and resolved.rest:
            return "." + ".".join(resolved.rest)
        meant = resolved if isinstance(resolved, External) else None
        if resolved is None and len(call.chain) == 1 and call.chain[0] not in module.bindings:
            return call.chain[0]
    if meant is None or meant.dotted.partition(".")[0] == "ops0":
        return None
    return meant.dotted


def _literals(module: Module, call: CallUse) -> tuple[tuple[str, str], ...]:
    given: Mapping[str, ast.expr] = {
        **{str(index): one for index, one in enumerate(call.node.args)},
        **{one.arg: one.value for one in call.node.keywords if one.arg is not None},
    }
    known = ((key, _literal(module, value)) for key, value in given.items())
    return tuple((key, text) for key, text in known if text is not None)


def _literal(module: Module, node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool)):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        head = node.values[0] if node.values else None
        return known_text(module, head) if head is not None else None
    return known_text(module, node)


def _counts(module: Module, dotted: str) -> bool:
    """Whether a module is neither the target's standard library nor ops0."""
    return dotted.partition(".")[0] != "ops0" and not is_stdlib(
        dotted, module.project.target.python
    )
