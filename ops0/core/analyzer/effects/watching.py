"""The walk over code as if it were executed: what it changes. See Outline."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ops0.core.analyzer.effects.callables import Code, Meaning
from ops0.core.analyzer.effects.calling import Calls
from ops0.core.analyzer.effects.doings import CHANGE_OWNER, LocalName
from ops0.core.analyzer.effects.elsewhere import is_task
from ops0.core.analyzer.effects.outlines import Outline, Roots
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import imported_by
from ops0.core.analyzer.syntax.scopes import function_scope
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["watch"]


_MAYBE_FUNCTIONS = (ast.Attribute, ast.Lambda, ast.Name)


def watch(nodes: Iterable[ast.AST], code: Code) -> Outline:
    """Read code as if it were executed now, from top to bottom. Order and branches do not count.

    What it calls is not read: of that the outline says where it counts.
    """
    watcher = _Watcher(code)
    body = list(nodes)
    for node in body:
        watcher.visit(node)
    if watcher.again:  # a local was used above where it is filled
        watcher.forget()
        for node in body:
            watcher.visit(node)
    watcher.leave_functions()
    return watcher.outline


class _Watcher(Calls):
    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for one in imported_by(node):
            if one.bound in self.names and one not in self.imports.get(one.bound, ()):
                self.imports.setdefault(one.bound, []).append(one)
                self.again = self.again or one.bound in self.asked

    visit_ImportFrom = visit_Import

    # statements

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call):
            chain = chain_of(call.func)
            meant = self.meaning(chain) if chain and self.is_global(chain[0]) else None
            if meant is not None:
                self.outline.called.update(meant.outside)
            if not self.code.inside:
                self._for_what_it_does(call, meant)
        self.visit(node.value)

    def _for_what_it_does(self, call: ast.Call, meant: Meaning | None) -> None:
        """Nobody takes the result of ``x.m(a)``: it changes x for sure, and perhaps a.

        Only at the top: in a function it would be each line to a log, and whoever calls the function takes its result.
        """
        if isinstance(call.func, ast.Attribute) and not (meant and meant.outside):
            self._change(self.roots(call.func.value), self._arguments(call))
        if meant is None or not meant.code:
            self.outline.handed |= self._arguments(call)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(self._object(node))
        else:
            self.outline.at_once.update(dict.fromkeys(self.code.properties(node.attr)))
            if node.attr in CHANGE_OWNER and isinstance(node.ctx, ast.Load):
                self.outline.changed |= self.roots(node.value)  # ``map(rows.append, …)``
        self.generic_visit(node)

    def _object(self, node: ast.Attribute) -> Roots:
        """Whose attribute is set: the owner's, and the name's if the owner is a module of the project."""
        chain = chain_of(node)
        if chain is not None and self.is_global(chain[0]):
            meant = self.meaning(chain)
            self.outline.libraries.update(meant.outside)
            return self.outline.bits(meant.cells)
        return self.roots(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            chain = chain_of(node.value)
            if chain is not None and self.is_global(chain[0]):
                self.outline.libraries.update(self.meaning(chain).outside)
            self._change(self.roots(node.value))
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store) and node.id in self.globals:
            self._change(self.outline.bit((self.code.module.path, node.id)) | self._name(node.id))

    def bind(self, target: ast.AST, roots: Roots) -> None:
        """Note what a target is bound to."""
        match target:
            case ast.Name():
                if target.id in self.names:
                    self.hold(target.id, roots & ~self.outline.bit(LocalName(target.id)))
                else:
                    self._store(self.outline.bit((self.code.module.path, target.id)), roots)
                    self.hold(target.id, roots)
            case ast.Tuple() | ast.List():
                for one in target.elts:
                    self.bind(one, roots)
            case ast.Starred():
                self.bind(target.value, roots)
            case ast.Attribute() | ast.Subscript():
                owners = (
                    self._object(target)
                    if isinstance(target, ast.Attribute)
                    else self.roots(target.value)
                )
                self._change(owners, roots)

    def visit_Assign(self, node: ast.Assign) -> None:
        roots = self.roots(node.value)
        for target in node.targets:
            self.bind(target, roots)
            if isinstance(target, ast.Attribute) and isinstance(node.value, _MAYBE_FUNCTIONS):
                # ``self.load = load``: whoever has the instance calls it by that name.
                self.outline.invoked |= roots
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign | ast.NamedExpr) -> None:
        self.bind(node.target, self.roots(node.value))
        self.generic_visit(node)

    visit_NamedExpr = visit_AnnAssign

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        # ``rows += [row]`` changes the list that other names may mean too.
        if isinstance(node.target, ast.Name):
            self._change(self._name(node.target.id), self.roots(node.value))
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor | ast.comprehension) -> None:
        self.bind(node.target, self.roots(node.iter))
        self.generic_visit(node)

    visit_AsyncFor = visit_comprehension = visit_For

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self.bind(node.optional_vars, self.roots(node.context_expr))
        self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> None:
        roots = self.roots(node.subject)
        for inner in (one for case in node.cases for one in walk(case.pattern)):
            name = getattr(inner, "name", None) or getattr(inner, "rest", None)
            if name:
                self.bind(ast.Name(name, ast.Store()), roots)
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return | ast.Yield | ast.YieldFrom) -> None:
        self.outline.returned |= self.roots(node.value)
        self.generic_visit(node)

    visit_Yield = visit_YieldFrom = visit_Return

    # new scopes: a function inside a function may be called by then; one at the top is not

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before = self.outline.invoked
        self.decorators.update(map(id, node.decorator_list))
        for part in (*node.decorator_list, *node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)
        self._decorate(node)
        # Decorators wrap: what they are given is called when somebody calls what came of the function.
        self.outline.invoked = before
        if self.code.inside and not is_task(self.code.world, self.code.module, node):
            self._inner(node, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in (*node.args.defaults, *node.args.kw_defaults):
            if part is not None:
                self.visit(part)
        self._inner(node, [ast.Expr(node.body)])

    def _inner(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, body: list[ast.stmt]
    ) -> None:
        scope = function_scope(node)
        before, outer = self.names, self.globals
        self.names = (self.names | scope.names) - scope.globals
        self.globals = outer | scope.globals
        for statement in body:
            self.visit(statement)
        self.names, self.globals = before, outer
        if isinstance(node, ast.FunctionDef):
            for name in scope.names:
                self.asked.add(name)
                self.hold(node.name, self.outline.without(self.values.get(name, 0), name))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        invoked = self.outline.invoked
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        self._decorate(node)
        self.outline.invoked = invoked
        for base in node.bases:
            for callee in self.code.hooks(base):
                self.outline.at_once[callee] = None
            if self.code.inside:
                self.visit_Call(ast.copy_location(ast.Call(base, [], []), node))
        before = self.names
        for statement in node.body:
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and not self.code.inside:
                me = self.outline.bit((self.code.module.path, node.name))
                self._store(me, self.roots(statement.value))
            self.visit(statement)
        self.names = before

    def _decorate(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """``@register``, ``@REGISTRY.add``, ``@register("x")``: a call with the definition as the argument."""
        for decorator in node.decorator_list:
            # What a factory gives is called too: its inner functions are read as if they were.
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            made = ast.Call(called, [ast.Name(node.name, ast.Load())], [])
            chain = chain_of(called)
            meant = self.meaning(chain) if chain and self.is_global(chain[0]) else None
            if isinstance(called, ast.Attribute) and not (meant and meant.outside):
                self._change(self.roots(called.value))
            self.call(ast.copy_location(made, node))
