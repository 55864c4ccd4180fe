"""The values between reading a module's syntax and following its names."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ops0.core.facts import CallFact, ReadFact, TextFact

__all__ = [
    "ANYBODY",
    "DEFINITIONS",
    "FUNCTIONS",
    "CallUse",
    "Cell",
    "Chain",
    "Extract",
    "Guard",
    "Handed",
    "Imported",
    "PathUse",
    "Read",
    "Taker",
    "TextUse",
    "Unit",
    "UnitKind",
    "UnitUses",
    "imported_by",
]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)

Chain = tuple[str, ...]
"""``np.random.seed`` as ("np", "random", "seed")."""

Cell = tuple[str, str]
"""A name at the top of a module of the project: (path, name)."""

Handed = tuple[Cell, str]
"""A definition of the project, and the library that it, or an instance of it, is handed to; ANYBODY: nobody tells."""

ANYBODY = ""

Guard = Literal["none", "other", "absent"]
"""What an import that fails leads to: an error; another import or definition in its place; going on without it."""

UnitKind = Literal["import", "define", "assign", "effect", "block", "branch", "method"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """One name of one import statement.

    module: as written, without the dots;  level: the dots of a relative import
    name:   what ``from`` takes out of the module, ``*`` for all; None for a plain import
    bound:  the name that it binds here;   whole: it binds the dotted module itself, not its first part
    instead: it is imported only if one of these groups of modules cannot be, as in a handler of ImportError
    said:   what stands there instead of an import statement
    """

    module: str
    level: int = 0
    name: str | None = None
    bound: str = ""
    whole: bool = False
    line: int = 1
    guard: Guard = "none"
    instead: tuple[tuple[str, ...], ...] = ()
    said: str = ""

    def goes_through(self, dotted: str) -> bool:
        """Whether it is ``import a.b``, and the dotted name is that module or lies in it."""
        plain = self.name is None and not self.whole
        return plain and f"{dotted}.".startswith(f"{self.module}.")

    @property
    def text(self) -> str:
        """The statement for this name alone, as a person would write it."""
        if self.said:
            return self.said
        start = f"from {'.' * self.level}{self.module} " if self.name is not None else ""
        target = self.name if self.name is not None else self.module
        plain = target.partition(".")[0] if not self.whole else target
        alias = "" if self.bound in (plain, target) or target == "*" else f" as {self.bound}"
        return f"{start}import {target}{alias}"


@dataclass(frozen=True, slots=True)
class Read:
    """A use of a name that lives outside the piece of code.

    deferred: it happens when a function is called, not when the module is executed
    via:      the imports inside functions that bind the name; () for a name of the module
    """

    chain: Chain
    line: int
    deferred: bool
    via: tuple[Imported, ...] = ()


@dataclass(frozen=True, slots=True)
class CallUse:
    """One call. ``chain`` starts with "" where the called thing's root is unknown (a value, a local).

    local: what the names of the scopes around are, innermost first: the one value each has, None if it has several
    outer: the call of which this one is an argument
    """

    chain: Chain
    via: tuple[Imported, ...]
    node: ast.Call
    local: tuple[Mapping[str, ast.expr | None], ...] = ()
    outer: Taker = None


Taker = CallUse | Literal["compared"] | None
"""Where a value goes: into a call, into a comparison, or anywhere."""


@dataclass(frozen=True, slots=True)
class TextUse:
    """A string that stands in the code, and what takes it at once."""

    text: str
    line: int
    taker: Taker
    node: ast.Constant


@dataclass(frozen=True, slots=True)
class PathUse:
    """An expression that may name a file of the project, and what the code does with it.

    within: the call or the path that it stands in
    needed: it is read or written, and by a call that does so with nothing but files
    """

    node: ast.expr
    within: ast.expr
    mode: Literal["read", "mention", "write", "ask"]
    needed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Extract:
    """What one piece of code uses, in the order of the source.

    settings:   attributes that are assigned, each as a call with the value as its argument
    attributes: attributes that are read of values, ``.style``, with the line
    mutates:  global names that it changes in place
    dynamic:  why its names cannot be known (``eval``), with the line
    paths:    expressions that may name a data file
    outer:    names bound by enclosing functions, for a nested function
    """

    reads: tuple[Read, ...] = ()
    imports: tuple[Imported, ...] = ()
    calls: tuple[CallUse, ...] = ()
    settings: tuple[CallUse, ...] = ()
    attributes: tuple[tuple[str, int], ...] = ()
    texts: tuple[TextUse, ...] = ()
    paths: tuple[PathUse, ...] = ()
    mutates: frozenset[str] = frozenset()
    dynamic: tuple[tuple[str, int], ...] = ()
    outer: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Unit:
    """A top-level statement that is kept or dropped by itself.

    index:       its position in the module;  parent: the block header it stands in, None at the top
    branch:      which part of the parent: ``body`` or ``orelse``
    conditional: other bindings of its names may be the ones that count
    dead:        never executed on the target, or only by a type checker
    loose:       it does not need the header of its block: ``def`` in a library's ``with``

    A method that may rest is a unit too: what it runs when it is called. Its class is the parent.
    """

    index: int
    node: ast.stmt
    kind: UnitKind
    parent: int | None = None
    branch: str = "body"
    conditional: bool = False
    dead: bool = False
    loose: bool = False
    bound: frozenset[str] = frozenset()
    imports: tuple[Imported, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitUses:
    """What one piece of code calls, says and reads, named by where it comes from.

    texts: each with the identity of its node, by which ``taken`` and ``mine`` know it
    taken: the strings that go to a call outside under whatever name they have, with that call's name
    mine:  those that a function of the project gets: they may go anywhere
    """

    calls: tuple[CallFact, ...]
    texts: tuple[tuple[TextFact, int], ...]
    reads: tuple[ReadFact, ...]
    taken: Mapping[int, str]
    mine: frozenset[int]


def imported_by(node: ast.Import | ast.ImportFrom, guard: Guard = "none") -> tuple[Imported, ...]:
    """The names that an import statement binds, in its order."""
    if isinstance(node, ast.Import):
        return tuple(
            Imported(
                module=alias.name,
                bound=alias.asname or alias.name.partition(".")[0],
                whole=alias.asname is not None,
                line=node.lineno,
                guard=guard,
            )
            for alias in node.names
        )
    return tuple(
        Imported(
            module=node.module or "",
            level=node.level,
            name=alias.name,
            bound=alias.asname or alias.name,
            line=node.lineno,
            guard=guard,
        )
        for alias in node.names
    )
