"""Calls, texts and reads of everything reached, named by where they come from."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ops0.core.analyzer.effects.kept_sets import wanted_sets
from ops0.core.analyzer.hidden.known_arguments import known_arguments
from ops0.core.analyzer.hidden.naming import call_name, passes, read_name, taken_by
from ops0.core.analyzer.hidden.receivers import Receivers
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import CallUse, Extract, TextUse, Unit, UnitUses
from ops0.core.analyzer.syntax.sharing import shared as one_set
from ops0.core.facts import CALLED, CallFact, ReadFact, TextFact, Uses, first_reads, says_only

__all__ = ["Used", "uses_of"]


@dataclass(frozen=True, slots=True)
class Used:
    """What a function uses, module by module by path, and the first reads of names of ops0."""

    parts: tuple[Uses, ...]
    own: tuple[ReadFact, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one module's kept units use.

    own:   the reads of ops0's names
    open:  the texts that some other code may take, by their nodes;  away: the nodes of other texts that are taken here
    """

    found: tuple[UnitUses, ...]
    uses: Uses
    own: tuple[ReadFact, ...]
    open: frozenset[int]
    away: frozenset[int]


def uses_of(reach: Reach, given_back: Collection[int]) -> Used:
    """Everything that the reached code calls, says and reads.

    given_back: the nodes of texts that do not count, see ``given_back.py``
    """
    # Modules come by path, and what each uses is in order.
    extras = _by_module(reach)
    parts = [
        _part_with(module, kept, extras[module.path])
        if module.path in extras
        else _part(module, kept)
        for module, kept in wanted_sets(reach)
    ]
    found = _uses_in(parts)
    if given_back:
        found = (_without(part, uses, given_back) for part, uses in zip(parts, found, strict=True))
    return Used(tuple(found), first_reads([part.own for part in parts]))


def _without(part: _Part, uses: Uses, given_back: Collection[int]) -> Uses:
    """What a module's code uses without texts that do not count."""
    away = {fact for one in part.found for fact, node in one.texts if node in given_back}
    if not away:
        return uses
    texts = tuple(one for one in uses.texts if one not in away)
    return replace(uses, texts=texts, shared=False)


def _part(module: Module, kept: frozenset[int]) -> _Part:
    """That of a module's kept units. Many steps keep the same ones of a module."""
    return module.memory.once(("uses", kept), lambda: _part_with(module, kept, shared=True))


def _part_with(
    module: Module, kept: frozenset[int], extras: Sequence[Extract] = (), *, shared: bool = False
) -> _Part:
    """Likewise with code of it that is no unit."""
    units = [module.units[index] for index in sorted(kept)]
    found = (
        *(_uses_of_piece(module, piece, None) for piece in extras),
        *(_uses_of_piece(module, module.extract(unit), unit) for unit in units),
    )
    nodes = {node for one in found for _, node in one.texts}
    taken = {node for one in found for node in (*one.taken, *one.mine)}
    unsure = {node for one in found for fact, node in one.texts if not fact.given}
    uses = _joined(found, shared=shared)
    own = tuple(one for one in uses.reads if one.is_own)
    return _Part(found, uses, own, one_set(unsure), one_set(taken - nodes))


def _by_module(reach: Reach) -> Mapping[str, Sequence[Extract]]:
    """The reached code that is no unit, by its module's path."""
    found: dict[str, list[Extract]] = {}
    for module, piece in reach.extras:
        found.setdefault(module.path, []).append(piece)
    return found


def _uses_in(parts: Sequence[_Part]) -> Iterator[Uses]:
    """What each part uses: as it is alone, unless code of another module takes some of its texts."""
    away = frozenset().union(*(part.away for part in parts))
    crossing = [not part.open.isdisjoint(away) for part in parts]
    taken: dict[int, str] = {}
    mine: frozenset[int] = frozenset()
    if any(crossing):
        taken, mine = _takers([one for part in parts for one in part.found])
    for part, crosses in zip(parts, crossing, strict=True):
        if crosses:
            yield replace(part.uses, texts=_texts(part.found, taken, mine), shared=False)
        else:
            yield part.uses


def _takers(found: Sequence[UnitUses]) -> tuple[dict[int, str], frozenset[int]]:
    taken = {node: name for one in found for node, name in one.taken.items()}
    return taken, frozenset().union(*(one.mine for one in found))


def _texts(
    found: Sequence[UnitUses], taken: Mapping[int, str], mine: frozenset[int]
) -> tuple[TextFact, ...]:
    texts = {
        replace(fact, given=taken[node])
        if not fact.given and node in taken and node not in mine
        else fact
        for one in found
        for fact, node in one.texts
    }
    return tuple(sorted(texts, key=lambda one: (*_place(one), one.text, one.given)))


def _joined(found: Sequence[UnitUses], *, shared: bool) -> Uses:
    calls = {call for one in found for call in one.calls}
    reads: dict[str, ReadFact] = {}
    for read in (read for one in found for read in one.reads):
        before = reads.setdefault(read.name, read)
        if _place(read) < _place(before):
            reads[read.name] = read
    return Uses(
        calls=tuple(sorted(calls, key=_order_of_calls)),
        texts=_texts(found, *_takers(found)),
        reads=tuple(sorted(reads.values(), key=lambda one: (*_place(one), one.name))),
        shared=shared,
    )


def _order_of_calls(one: CallFact) -> tuple[object, ...]:
    return (*_place(one), one.name, one.literals, one.maker)


def _place(one: CallFact | TextFact | ReadFact) -> tuple[str, int]:
    """The order of Where, without making a tuple for each comparison."""
    return one.where.path, one.where.line


def _uses_of_piece(module: Module, piece: Extract, unit: Unit | None) -> UnitUses:
    """The same for every step that reaches the unit, so it is found once."""
    known = module.uses.get(unit.index) if unit is not None else None
    if known is None:
        found = _Found(module, Receivers(module, piece, unit))
        for call in piece.calls:
            found.add_call(call, takes=True)
        for call in piece.settings:
            found.add_call(call, takes=False)
        for text in piece.texts:
            found.add_text(text)
        found.add_reads(piece)
        known = found.result()
        if unit is not None:
            module.uses[unit.index] = known
    return known


@dataclass
class _Found:
    """What has been found so far in one piece of code. See UnitUses."""

    module: Module
    receivers: Receivers
    calls: dict[CallFact, None] = field(default_factory=dict)
    texts: list[tuple[TextFact, int]] = field(default_factory=list)
    reads: dict[str, ReadFact] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)
    mine: set[int] = field(default_factory=set)

    def add_call(self, call: CallUse, *, takes: bool) -> None:
        """One call, and where its arguments go. ``takes``: they go nowhere from there."""
        name = call_name(self.module, call)
        given = known_arguments(self.module, call) if call.node.args or call.node.keywords else None
        if name == "functools.partial":
            self._add_partial(call)
        if name is None or (name == CALLED and takes):
            self.mine |= given.nodes if given is not None else set()
        if name is None:
            return
        where = self.module.where(call.node.lineno)
        maker = self.receivers.maker(call) if name.startswith(".") else ""
        for literals in given.literals if given is not None else ((),):
            self.calls.setdefault(CallFact(name=name, literals=literals, where=where, maker=maker))
        if (
            given is not None
            and takes
            and name != CALLED
            and not passes(name)
            and not says_only(name)
        ):
            self.taken.update(dict.fromkeys(given.nodes, name))

    def _add_partial(self, call: CallUse) -> None:
        """``partial(pd.read_excel, engine="xlrd")`` gives its arguments to the function that it names."""
        head = call.node.args[0] if call.node.args else None
        chain = chain_of(head) if head is not None else None
        if (
            head is not None
            and chain is not None
            and not any(chain[0] in one for one in call.local)
        ):
            node = ast.Call(head, call.node.args[1:], call.node.keywords)
            inner = CallUse(chain, (), ast.copy_location(node, call.node), call.local)
            self.add_call(inner, takes=True)

    def add_text(self, text: TextUse) -> None:
        """One string with the call that takes it at once."""
        where = self.module.where(text.line)
        fact = TextFact(text=text.text, where=where, given=taken_by(self.module, text.taker))
        self.texts.append((fact, id(text.node)))

    def add_reads(self, piece: Extract) -> None:
        """What is read of libraries, and the attributes of values."""
        for read in piece.reads:
            name = read_name(self.module, read)
            if name is not None:
                self._add_read(name, read.line)
        for name, line in piece.attributes:
            self._add_read(name, line)

    def _add_read(self, name: str, line: int) -> None:
        where = self.module.where(line)
        before = self.reads.get(name)
        if before is None or where < before.where:
            self.reads[name] = ReadFact(name=name, where=where)

    def result(self) -> UnitUses:
        """All of it."""
        reads = tuple(self.reads.values())
        return UnitUses(tuple(self.calls), tuple(self.texts), reads, self.taken, one_set(self.mine))
