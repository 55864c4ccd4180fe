"""Calls, texts and reads of everything reached, named by where they come from."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field

from ops0.core.analyzer.given import given_to
from ops0.core.analyzer.model import CallUse, Extract, Read, Taker, TextUse
from ops0.core.analyzer.modules import Module
from ops0.core.analyzer.reach import Reach
from ops0.core.analyzer.resolve import External, resolve, resolve_import
from ops0.core.facts import CallFact, ReadFact, TextFact, says_only

__all__ = ["Uses", "call_name", "uses_of"]

_COMPARED = "=="
# What gives back, joins or keeps a text: the text goes on from there. Everything else takes it for itself.
_PASSING_METHODS = frozenset(
    f".{name}"
    for name in (
        *(
            "add",
            "add_argument",
            "append",
            "as_posix",
            "extend",
            "format",
            "get",
            "insert",
            "join",
            "lower",
        ),
        *("pop", "rstrip", "setdefault", "strip", "update"),
    )
)
_PASSING = frozenset(
    {"os.environ.get", "os.environ.setdefault", "os.fspath", "os.getenv", "functools.partial"}
)
_PASSING_PARTS = ("os.path.", "pathlib.", "itertools.", "dataclasses.", "typing.", "argparse.")
_BUILTINS = frozenset(
    name
    for name in dir(builtins)
    if name.islower() and name not in ("print", "eval", "exec", "compile", "input")
)


@dataclass(frozen=True, slots=True)
class Uses:
    """Each sorted by place and free of duplicates; ``reads`` one for each name."""

    calls: tuple[CallFact, ...]
    texts: tuple[TextFact, ...]
    reads: tuple[ReadFact, ...]


def uses_of(reach: Reach) -> Uses:
    """Everything that the reached code calls, says and reads."""
    found = _Found()
    pieces = tuple(reach.pieces())
    for module, piece, _ in pieces:
        for call in piece.calls:
            found.add_call(module, call, takes=True)
        for call in piece.settings:
            found.add_call(module, call, takes=False)
    for module, piece, _ in pieces:
        for text in piece.texts:
            found.add_text(module, text)
        found.add_reads(module, piece)
    return found.result()


@dataclass
class _Found:
    """What has been found so far.

    taken: the strings that go to a call outside under whatever name they have, with that call's name
    mine:  those that a function of the project gets: they may go anywhere
    """

    calls: dict[CallFact, None] = field(default_factory=dict)
    texts: dict[TextFact, None] = field(default_factory=dict)
    reads: dict[str, ReadFact] = field(default_factory=dict)
    taken: dict[int, str] = field(default_factory=dict)
    mine: set[int] = field(default_factory=set)

    def add_call(self, module: Module, call: CallUse, *, takes: bool) -> None:
        """One call, and where its arguments go. ``takes``: they go nowhere from there."""
        name = call_name(module, call)
        given = given_to(module, call) if call.node.args or call.node.keywords else None
        if name is None:
            self.mine |= given.nodes if given is not None else set()
            return
        where = module.where(call.node.lineno)
        for literals in given.literals if given is not None else ((),):
            self.calls.setdefault(CallFact(name=name, literals=literals, where=where))
        if given is not None and takes and not _passes(name) and not says_only(name):
            self.taken.update(dict.fromkeys(given.nodes, name))

    def add_text(self, module: Module, text: TextUse) -> None:
        """One string with the call that takes it."""
        given = _taken_by(module, text.taker)
        if not given and id(text.node) not in self.mine:
            given = self.taken.get(id(text.node), "")
        fact = TextFact(text=text.text, where=module.where(text.line), given=given)
        self.texts.setdefault(fact)

    def add_reads(self, module: Module, piece: Extract) -> None:
        """What is read of libraries, and the attributes of values."""
        for read in piece.reads:
            name = _read_name(module, read)
            if name is not None:
                self._add_read(module, name, read.line)
        for name, line in piece.attributes:
            self._add_read(module, name, line)

    def _add_read(self, module: Module, name: str, line: int) -> None:
        where = module.where(line)
        before = self.reads.get(name)
        if before is None or where < before.where:
            self.reads[name] = ReadFact(name=name, where=where)

    def result(self) -> Uses:
        """All of it, in order."""
        return Uses(
            tuple(sorted(self.calls, key=lambda one: (one.where, one.name, one.literals))),
            tuple(sorted(self.texts, key=lambda one: (one.where, one.text, one.given))),
            tuple(sorted(self.reads.values(), key=lambda one: (one.where, one.name))),
        )


def call_name(module: Module, call: CallUse) -> str | None:
    """``pandas.read_parquet``, or ``.to_parquet`` of something unknown; None for the project's own."""
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


def _read_name(module: Module, read: Read) -> str | None:
    """The dotted name of an attribute of an import."""
    if len(read.chain) < 2:
        return None
    if read.via:
        found = [resolve_import(module, one, read.chain[1:]) for one in read.via]
        meant = next((one for one in found if isinstance(one, External)), None)
    elif any(unit.imports for unit in module.bindings.get(read.chain[0], ())):
        resolved = resolve(module, read.chain)
        meant = resolved if isinstance(resolved, External) else None
    else:
        return None
    return meant.dotted if meant is not None else None


def _taken_by(module: Module, taker: Taker) -> str:
    while isinstance(taker, CallUse):
        name = call_name(module, taker)
        if name is None:
            return ""
        if not _passes(name):
            return name
        taker = taker.outer
    return _COMPARED if taker == "compared" else ""


def _passes(name: str) -> bool:
    """Whether a text that is given to a call goes on from there."""
    if name.startswith("."):
        return f".{name.rpartition('.')[2]}" in _PASSING_METHODS
    return name in _BUILTINS or name in _PASSING or name.startswith(_PASSING_PARTS)
