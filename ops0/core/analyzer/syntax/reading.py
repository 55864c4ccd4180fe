"""What expressions use: names by Python's scoping, calls, texts, and what reaches names by text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ops0.core.analyzer.syntax.annotations import imports_in_text, names_in_text
from ops0.core.analyzer.syntax.asking import NAMESPACES, looked_for, queried_names, spelled_out
from ops0.core.analyzer.syntax.attributes import attributes_of, setting_of
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.flags import Flags
from ops0.core.analyzer.syntax.frames import Locals
from ops0.core.analyzer.syntax.model import (
    CallUse,
    Chain,
    Extract,
    Guard,
    Imported,
    PathUse,
    Read,
    Taker,
    TextUse,
)
from ops0.core.analyzer.syntax.pathuses import path_uses, path_uses_of_division
from ops0.core.analyzer.syntax.scopes import Scope
from ops0.core.analyzer.syntax.sharing import shared
from ops0.core.analyzer.syntax.walking import Visitor

__all__ = ["Reading", "Surroundings"]

_MUTATORS = frozenset(
    {"add", "append", "clear", "extend", "insert", "pop", "popitem", "register", "remove", "setdefault", "update"}
)  # fmt: skip
_FOR_PEOPLE = frozenset({"description", "doc", "epilog", "example", "examples", "help"})
"""Keywords whose texts are read by people, as ``help`` of an option: they are no addresses."""
_NAMESPACE_CALLS = NAMESPACES | {"eval", "exec"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the walk must know of the module around.

    always: whether an import (module, level) works for sure on the target;  names: bound at the module's top
    lazy:   annotations of functions are never evaluated (``from __future__ import annotations``)
    """

    always: Callable[[str, int], bool]
    flags: Flags
    names: frozenset[str]
    lazy: bool


class Reading(Visitor):
    """The half of the walk that reads expressions; ``extract`` adds statements and scopes."""

    def __init__(self, around: Surroundings, enclosing: Sequence[Scope]) -> None:
        self.around = around
        self.scopes: list[Scope] = list(enclosing)
        self.bodies: list[Locals] = []
        self.caught: frozenset[str] = frozenset()
        self.depth = 1 if any(scope.kind == "enclosing" for scope in enclosing) else 0
        self.guard: Guard = "none"
        self.instead: tuple[tuple[str, ...], ...] = ()
        self.reads: dict[Read, None] = {}
        self.imports: dict[Imported, None] = {}
        self.dead: set[Imported] = set()
        self.calls: list[CallUse] = []
        self.settings: list[CallUse] = []
        self.attributes: dict[tuple[str, int], None] = {}
        self.texts: list[TextUse] = []
        self.taker: Taker = None
        self.decided: dict[int, tuple[bool | None, ast.expr]] = {}
        self.paths: list[PathUse] = []
        self.mutates: set[str] = set()
        self.dynamic: list[tuple[str, int]] = []
        self.outer: set[str] = set()

    def result(self) -> Extract:
        """What has been seen. A name that a guarded import binds stands for that import, with its guard."""
        seen = {replace(one, guard="none", instead=()): one for one in self.imports}
        reads = (
            replace(read, via=tuple(seen.get(one, one) for one in read.via)) if read.via else read
            for read in self.reads
        )
        return Extract(
            reads=tuple(dict.fromkeys(reads)),
            imports=tuple(self.imports),
            calls=tuple(self.calls),
            settings=tuple(self.settings),
            attributes=tuple(self.attributes),
            texts=tuple(self.texts),
            paths=tuple(self.paths),
            mutates=shared(self.mutates),
            dynamic=tuple(self.dynamic),
            outer=shared(self.outer),
        )

    # names

    def _find(self, name: str) -> tuple[Imported, ...] | None:
        """The imports that bind a name in the scopes around; None where it is an ordinary local; () if global."""
        for depth, scope in enumerate(reversed(self.scopes)):
            if name in scope.globals:
                return ()
            if not scope.owns(name) or (scope.kind == "class" and depth > 0):
                continue
            if scope.kind == "enclosing":
                self.outer.add(name)
            made = scope.imports.get(name, ())
            return tuple(one for one in made if one not in self.dead) or None
        return None if name in self.caught else ()

    def _read(self, chain: Chain, line: int) -> None:
        via = self._find(chain[0])
        if via is not None:
            self.reads.setdefault(Read(chain, line, self.depth > 0, via))

    def _is_global(self, name: str) -> bool:
        return self._find(name) == ()

    def _is_builtin(self, name: str) -> bool:
        return name not in self.around.names and self._is_global(name)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Store):
            # What is deleted must have been there.
            self._read((node.id,), node.lineno)
        elif self.scopes and node.id in self.scopes[-1].globals:
            # ``global x; x = 1`` needs no x to be there; who reads what it becomes asks for it.
            self.mutates.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = chain_of(node)
        if chain is None:
            self.attributes.setdefault((f".{'.'.join(attributes_of(node))}", node.lineno))
            self.generic_visit(node)
            return
        if not isinstance(node.ctx, ast.Load):
            self._changes(node)
        elif self._find(chain[0]) is None:
            self.attributes.setdefault((f".{'.'.join(chain[1:])}", node.lineno))
        self._read(chain, node.lineno)

    def visit_Assign(self, node: ast.Assign) -> None:
        """``pd.options.plotting.backend = "plotly"`` is noted like a call with that argument."""
        for target in node.targets:
            chain = setting_of(target)
            via = self._find(chain[0]) if chain is not None else None
            if chain is not None and via is not None:
                call = ast.copy_location(ast.Call(target, [node.value], []), node)
                self.settings.append(CallUse(chain, via, call, self._local()))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        name = looked_for(node)
        if name is not None and self._is_builtin(node.comparators[0].func.id):  # type: ignore[attr-defined]
            self._read((name,), node.lineno)
            return
        outer, self.taker = self.taker, "compared"
        self.generic_visit(node)
        self.taker = outer

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changes(node)
        key = node.slice
        if (
            self._is_globals_call(node.value)
            and isinstance(key, ast.Constant)
            and isinstance(key.value, str)
        ):
            self.reads.setdefault(Read((key.value,), node.lineno, self.depth > 0))
            return
        if chain_of(node.value) == ("sys", "modules") and chain_of(key) == ("__name__",):
            self.dynamic.append(("sys.modules[__name__]", node.lineno))
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        chain = chain_of(node.target)
        if chain is not None:
            self._read(chain, node.lineno)
        self.generic_visit(node)

    def _changes(self, node: ast.expr) -> None:
        """Note the global name at the root of ``x[...] = `` or ``x.y =``."""
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name) and self._is_global(node.id):
            self.mutates.add(node.id)

    # calls and texts

    def visit_Call(self, node: ast.Call) -> None:
        use = self._note_call(spelled_out(node))
        for queried in queried_names(node):
            self._read((queried,), node.lineno)
        self.paths += path_uses(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in _NAMESPACE_CALLS and self._is_builtin(name):
            self._namespace_call(name, node)
        elif (
            name in ("getattr", "setattr", "hasattr")
            and self._is_builtin(name)
            and self._attribute_call(node)
        ):
            return
        # What a method is called on goes where its result goes: "s3://{}".format(x).
        self.visit(node.func)
        outer = self.taker
        for argument in (*node.args, *node.keywords):
            told = isinstance(argument, ast.keyword) and argument.arg in _FOR_PEOPLE
            self.taker = "compared" if told else use
            self.visit(argument)
        self.taker = outer

    def _note_call(self, node: ast.Call) -> CallUse | None:
        """Note a call whose name says something; None where it is that of a local value."""
        chain = chain_of(node.func)
        found = self._find(chain[0]) if chain is not None else None
        via = found or ()
        if chain is None or found is None:
            chain = ("", *attributes_of(node.func))
        if chain == ("",):
            if node.keywords:  # a value that is called: only its arguments may tell something
                self.settings.append(CallUse((*chain, "()"), (), node, self._local()))
            return None
        use = CallUse(chain, via, node, self._local(), self.taker)
        self.calls.append(use)
        if len(chain) > 1 and chain[0] and chain[-1] in _MUTATORS and not via:
            self.mutates.add(chain[0])
        return use

    def _local(self) -> tuple[Mapping[str, ast.expr | None], ...]:
        return tuple(scope.known for scope in reversed(self.scopes) if scope.kind != "class")

    def _namespace_call(self, name: str, node: ast.Call) -> None:
        """``eval`` of a literal is read like code; everything else can reach any name of the module."""
        inside = any(scope.kind in ("function", "enclosing") for scope in self.scopes)
        if name in ("dir", "locals", "vars") and (node.args or inside):
            return
        first = node.args[0] if node.args else None
        if (
            name in ("eval", "exec")
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
        ):
            tree = names_in_text(first.value)
            if tree is not None:
                for chain in tree:
                    self._read(chain, node.lineno)
                self.imports.update(dict.fromkeys(imports_in_text(first.value, node.lineno)))
                return
        self.dynamic.append((f"{name}()", node.lineno))

    def _attribute_call(self, node: ast.Call) -> bool:
        """``getattr(module, "name")`` is ``module.name``."""
        if len(node.args) < 2:
            return False
        owner, name = chain_of(node.args[0]), node.args[1]
        if owner is None or not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
            return False
        if node.func.id == "setattr" and self._is_global(owner[0]):  # type: ignore[attr-defined]
            self.mutates.add(owner[0])
        self._read((*owner, name.value), node.lineno)
        for rest in (*node.args[2:], *node.keywords):
            self.visit(rest)
        return True

    def _is_globals_call(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "globals"
            and self._is_builtin("globals")
        )

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.paths += path_uses_of_division(node)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value:
            self.texts.append(TextUse(node.value, node.lineno, self.taker, node))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        head = node.values[0] if node.values else None
        for value in node.values[1:] if isinstance(head, ast.Constant) else node.values:
            if not isinstance(value, ast.Constant):
                self.visit(value)
        if isinstance(head, ast.Constant):
            self.visit_Constant(head)

    def visit_Expr(self, node: ast.Expr) -> None:
        # Docstrings and other strings standing alone do nothing.
        if not isinstance(node.value, ast.Constant):
            self.visit(node.value)
