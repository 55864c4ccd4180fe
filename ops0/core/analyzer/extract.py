"""What one piece of code uses: one walk over its syntax with Python's scoping, nothing followed yet."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ops0.core.analyzer import scopes
from ops0.core.analyzer.annotations import annotation_reads, names_in_text, runs_annotations
from ops0.core.analyzer.conditions import Decide, chain_of
from ops0.core.analyzer.guards import (
    asks_for_module,
    body_always_works,
    guard_of,
    suppresses_import_error,
)
from ops0.core.analyzer.model import (
    CallUse,
    Chain,
    Extract,
    Guard,
    Imported,
    PathUse,
    Read,
    imported_by,
)
from ops0.core.analyzer.pathuses import path_uses
from ops0.core.analyzer.scopes import Comprehension, Scope

__all__ = ["Surroundings", "extract"]

_MUTATORS = frozenset(
    {
        "add",
        "append",
        "clear",
        "extend",
        "insert",
        "pop",
        "popitem",
        "register",
        "remove",
        "setdefault",
        "update",
    }
)
_NAMESPACE_CALLS = frozenset({"eval", "exec", "globals", "vars", "locals"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the walk must know of the module around.

    always: whether an import (module, level) works for sure on the target;  names: bound at the module's top
    lazy:   annotations of functions are never evaluated (``from __future__ import annotations``)
    """

    always: Callable[[str, int], bool]
    decide: Decide
    names: frozenset[str]
    lazy: bool


def extract(
    nodes: Iterable[ast.AST], around: Surroundings, enclosing: Sequence[Scope] = ()
) -> Extract:
    """Walk pieces of code that stand at the top of a module, or inside the enclosing scopes."""
    walk = _Walk(around, enclosing)
    for node in nodes:
        walk.visit(node)
    return walk.result()


class _Walk(ast.NodeVisitor):
    def __init__(self, around: Surroundings, enclosing: Sequence[Scope]) -> None:
        self.around = around
        self.scopes: list[Scope] = list(enclosing)
        self.depth = 1 if any(scope.kind == "enclosing" for scope in enclosing) else 0
        self.guard: Guard = "none"
        self.reads: dict[Read, None] = {}
        self.imports: dict[Imported, None] = {}
        self.calls: list[CallUse] = []
        self.texts: list[tuple[str, int]] = []
        self.paths: list[PathUse] = []
        self.mutates: set[str] = set()
        self.dynamic: list[tuple[str, int]] = []
        self.outer: set[str] = set()

    def result(self) -> Extract:
        return Extract(
            reads=tuple(self.reads),
            imports=tuple(self.imports),
            calls=tuple(self.calls),
            texts=tuple(self.texts),
            paths=tuple(self.paths),
            mutates=frozenset(self.mutates),
            dynamic=tuple(self.dynamic),
            outer=frozenset(self.outer),
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
            return scope.imports.get(name) or None
        return ()

    def _read(self, chain: Chain, line: int) -> None:
        via = self._find(chain[0])
        if via is not None:
            self.reads.setdefault(Read(chain, line, self.depth > 0, via))

    def _is_global(self, name: str) -> bool:
        return self._find(name) == ()

    def _is_builtin(self, name: str) -> bool:
        return name not in self.around.names and self._is_global(name)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read((node.id,), node.lineno)
        elif self.scopes and self._is_global(node.id):
            # ``global x; x = 1``: whoever runs this needs x to be there, and changes it.
            self._read((node.id,), node.lineno)
            self.mutates.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = chain_of(node)
        if chain is None:
            self.generic_visit(node)
            return
        if not isinstance(node.ctx, ast.Load):
            self._changes(node)
        self._read(chain, node.lineno)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changes(node)
        key = node.slice
        if (
            self._is_call_of("globals", node.value)
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
        self._note_call(node)
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
        self.generic_visit(node)

    def _note_call(self, node: ast.Call) -> None:
        chain = chain_of(node.func)
        if chain is None:
            attributes = _attributes(node.func)
            if attributes:
                self.calls.append(CallUse(("", *attributes), (), node))
            return
        via = self._find(chain[0])
        if via is None:
            if len(chain) > 1:
                self.calls.append(CallUse(("", *chain[1:]), (), node))
            return
        self.calls.append(CallUse(chain, via, node))
        if len(chain) > 1 and chain[-1] in _MUTATORS and not via:
            self.mutates.add(chain[0])

    def _namespace_call(self, name: str, node: ast.Call) -> None:
        """``eval`` of a literal is read like code; everything else can reach any name of the module."""
        inside = any(scope.kind in ("function", "enclosing") for scope in self.scopes)
        if (name == "vars" and node.args) or (name in ("vars", "locals") and inside):
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

    def _is_call_of(self, name: str, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == name
            and self._is_builtin(name)
        )

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Div):
            self.paths.append(PathUse(node, "mention"))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value:
            self.texts.append((node.value, node.lineno))

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

    # what is imported, and under which conditions

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for one in imported_by(node, self.guard):
            self.imports.setdefault(one)

    visit_ImportFrom = visit_Import

    def visit_If(self, node: ast.If) -> None:
        verdict = self.around.decide(node.test)
        self.visit(node.test)
        if verdict is not False:
            self._guarded(node.body, "absent" if asks_for_module(node.test) else None)
        if verdict is not True:
            self._guarded(node.orelse, None)

    def visit_Try(self, node: ast.Try) -> None:
        guard = guard_of(node)
        self._guarded(node.body, None if guard == "none" else guard)
        if not body_always_works(node, self.around.always):
            for handler in node.handlers:
                self.visit(handler)
        self._guarded(node.orelse, None if guard == "none" else guard)
        self._guarded(node.finalbody, None)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item)
        self._guarded(node.body, "absent" if suppresses_import_error(node) else None)

    visit_AsyncWith = visit_With

    def _guarded(self, statements: list[ast.stmt], guard: Guard | None) -> None:
        before = self.guard
        self.guard = guard or before
        for statement in statements:
            self.visit(statement)
        self.guard = before

    # new scopes

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._defaults(node.args)
        for annotation in annotation_reads(node, lazy=self.around.lazy):
            self._annotation(annotation)
        self._body(scopes.function_scope(node), node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node.args)
        self._body(scopes.function_scope(node), [ast.Expr(node.body)])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self.scopes.append(scopes.class_scope(node))
        self.scopes[-1].names.update(scopes.type_parameters(node))
        running = runs_annotations(node)
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):
                self._class_field(statement, running)
            else:
                self.visit(statement)
        self.scopes.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """A variable's annotation runs at the top of a module; inside functions it never does."""
        if not self.scopes and not self.around.lazy:
            self._annotation(node.annotation)
        self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def _class_field(self, node: ast.AnnAssign, running: Callable[[Chain], bool]) -> None:
        for chain in names_in_text(ast.unparse(node.annotation)) or ():
            if not self.around.lazy or running(chain):
                self._read(chain, node.lineno)
        if node.value is not None:
            self.visit(node.value)

    def _annotation(self, node: ast.expr) -> None:
        """Read an annotation that runs. What stands in it as a string does not."""
        texts = len(self.texts)
        self.visit(node)
        del self.texts[texts:]

    def _defaults(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)

    def _body(self, scope: Scope, body: list[ast.stmt]) -> None:
        self.scopes.append(scope)
        self.depth += 1
        guard, self.guard = self.guard, "none"
        for statement in body:
            self.visit(statement)
        self.guard = guard
        self.depth -= 1
        self.scopes.pop()

    def _comprehension(self, node: Comprehension) -> None:
        # The first iterable is evaluated in the scope around.
        self.visit(node.generators[0].iter)
        self.scopes.append(scopes.comprehension_scope(node))
        for index, part in enumerate(node.generators):
            for inner in (part.target, *part.ifs, *([part.iter] if index else [])):
                self.visit(inner)
        for field in ("key", "value", "elt"):
            inner_node = getattr(node, field, None)
            if inner_node is not None:
                self.visit(inner_node)
        self.scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


def _attributes(node: ast.expr) -> Chain:
    """``.a.b`` of ``f(x).a.b``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return tuple(reversed(parts))
