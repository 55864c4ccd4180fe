"""What one piece of code uses: one walk over its syntax with Python's scoping, nothing followed yet."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ops0.core.analyzer.syntax import scopes
from ops0.core.analyzer.syntax.annotations import annotation_reads, names_in_text, runs_annotations
from ops0.core.analyzer.syntax.frames import Locals
from ops0.core.analyzer.syntax.guards import (
    body_always_works,
    guard_of,
    modules_tried,
    suppresses_import_error,
)
from ops0.core.analyzer.syntax.model import Chain, Extract, Guard, imported_by
from ops0.core.analyzer.syntax.reading import Reading, Surroundings
from ops0.core.analyzer.syntax.scopes import Comprehension, Scope
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["extract"]


def extract(
    nodes: Iterable[ast.AST], around: Surroundings, enclosing: Sequence[Scope] = ()
) -> Extract:
    """Walk pieces of code that stand at the top of a module, or inside the enclosing scopes."""
    walk = _Walk(around, enclosing)
    for node in nodes:
        walk.visit(node)
    return walk.result()


class _Walk(Reading):
    # what is imported, and under which conditions

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for one in imported_by(node, self.guard):
            self.imports.setdefault(replace(one, instead=self.instead) if self.instead else one)

    visit_ImportFrom = visit_Import

    def visit_If(self, node: ast.If) -> None:
        verdict = self._decide(node.test)
        self.visit(node.test)
        if verdict is not False:
            self._guarded(node.body, "absent" if self._asks(node.test) else None)
        else:
            self._skip(node.body)
        if verdict is not True:
            self._guarded(node.orelse, None)
        else:
            self._skip(node.orelse)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        verdict = self._decide(node.test)
        self.visit(node.test)
        for part, never in ((node.body, False), (node.orelse, True)):
            if verdict is not never:
                self.visit(part)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """What stands behind a part that decides is never evaluated."""
        stop = isinstance(node.op, ast.Or)
        for part in node.values:
            self.visit(part)
            if self._decide(part) is stop:
                return

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        if self._decide(node.test) is not False:
            self._guarded(node.body, None)
        self._guarded(node.orelse, None)

    def visit_Match(self, node: ast.Match) -> None:
        """Of ``match sys.platform:`` the cases that fit."""
        self.visit(node.subject)
        for case in node.cases:
            pattern = case.pattern
            if isinstance(pattern, ast.MatchValue):
                test = ast.Compare(node.subject, [ast.Eq()], [pattern.value])
                if self._decide(test) is False:
                    continue
            self.visit(case)

    def _decide(self, test: ast.expr) -> bool | None:
        """Asked of an ``if`` before its body is read, and after that of how it ends."""
        if id(test) not in self.decided:
            # The test is kept too: another one may come to have its id.
            self.decided[id(test)] = self.around.flags.decide(test, *self._own_names(test)), test
        return self.decided[id(test)][0]

    def _asks(self, test: ast.expr) -> bool:
        return self.around.flags.asks(test, *self._own_names(test))

    def _own_names(self, test: ast.expr) -> tuple[frozenset[str], Locals | None]:
        """The names that mean something else in a test than at the top, if it has any, and the function around."""
        if not self.scopes:
            return frozenset(), None
        names = {inner.id for inner in walk(test) if isinstance(inner, ast.Name)}
        own = frozenset(name for name in names if not self._is_global(name))
        if not own or not self.bodies:
            return own, None
        # What stands for its names has names too.
        return own.union(*(one.scope.known for one in self.bodies)), self.bodies[-1]

    def visit_Try(self, node: ast.Try) -> None:
        guard = guard_of(node)
        self._guarded(node.body, None if guard == "none" else guard)
        if not body_always_works(node, self.around.always):
            before = self.instead
            if guard == "other" and modules_tried(node):
                self.instead = (*before, modules_tried(node))
            for handler in node.handlers:
                self.visit(handler)
            self.instead = before
        else:
            self._skip(node.handlers)
        self._guarded(node.orelse, None if guard == "none" else guard)
        self._guarded(node.finalbody, None)

    visit_TryStar = visit_Try  # Python 3.11

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """``as error`` is the handler's own: what else binds that name at the top of the module is another."""
        if node.type is not None:
            self.visit(node.type)
        before = self.caught
        if node.name is not None:
            self.caught = before | {node.name}
        for statement in node.body:
            self.visit(statement)
        self.caught = before

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item)
        self._guarded(node.body, "absent" if suppresses_import_error(node) else None)

    visit_AsyncWith = visit_With

    def _guarded(self, statements: list[ast.stmt], guard: Guard | None) -> None:
        before = self.guard
        self.guard = guard or before
        self._statements(statements)
        self.guard = before

    def _statements(self, statements: list[ast.stmt]) -> None:
        """Read statements up to the one after which nothing runs on the target."""
        for statement in statements:
            self.visit(statement)
            if self.scopes and self._leaves(statement):
                return

    def _skip(self, nodes: Sequence[ast.AST]) -> None:
        """Note the imports of a branch that the target never takes: inside a function they bind no name."""
        for node in nodes if self.scopes else ():
            for inner in walk(node):
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    self.dead.update(imported_by(inner))

    def _leaves(self, node: ast.stmt) -> bool:
        if not isinstance(node, ast.If):
            return isinstance(node, (ast.Return, ast.Raise, ast.Continue, ast.Break))
        verdict = self._decide(node.test)
        taken = node.body if verdict else node.orelse
        return verdict is not None and bool(taken) and self._leaves(taken[-1])

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
        self._body(scopes.function_scope(node), [ast.Return(node.body)])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        # A name that the body binds is the module's until then: ``IO = IO``.
        scope = Scope("class", names=scopes.type_parameters(node))
        self.scopes.append(scope)
        whole = scopes.class_scope(node)
        scope.globals, scope.nonlocals = whole.globals, whole.nonlocals
        running = runs_annotations(node)
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):
                self._class_field(statement, running)
            else:
                self.visit(statement)
            bound = scopes.bound_by([statement], "class")
            scope.names |= bound.names
            scope.imports.update(bound.imports)
        self.scopes.pop()

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """A variable's annotation runs at the top of a module and in a class; inside functions it never does."""
        if self.scopes and self.scopes[-1].kind == "class":
            self._class_field(node, lambda _: True)
            return
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

    def visit_TypeAlias(self, node: ast.AST) -> None:
        """``type X[T] = ...`` (Python 3.12): evaluated when it is first asked for."""
        scope = Scope("function", names=scopes.type_parameters(node))
        self._body(scope, [ast.Expr(getattr(node, "value"))])  # noqa: B009 - typeshed of 3.10

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
        self.bodies.append(Locals(scope, body))
        guard, self.guard = self.guard, "none"
        outer, self.taker = self.taker, None
        self._statements(body)
        self.guard, self.taker = guard, outer
        self.bodies.pop()
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
