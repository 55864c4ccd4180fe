"""What one function's body asks for itself, and whom it calls, each with the tests around it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hidden_needs.library import Module
from hidden_needs.optional import (
    Function,
    asked_by_name,
    blames_imports,
    catches_import_error,
    dotted,
    flag_subject,
    gives_up,
    is_guard,
)
from hidden_needs.parameters import given_to
from hidden_needs.scopes import Scopes, bindings
from hidden_needs.tests_around import When, always_leaves, always_runs, read_test


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One foreign module that is asked for.

    when: arguments with the texts for which it is;   sure: False under any other test, or after an early return
    named: no import says so but a text or a flag's name, which may mean something else
    bounds: the versions that the library takes, where it says so beside
    """

    module: str
    where: str
    named: bool = False
    bounds: str = ""
    when: tuple[When, ...] = ()
    sure: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One call of something of the library, under the same tests as an Ask."""

    target: str
    given: Mapping[str, ast.expr]
    where: str
    when: tuple[When, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Around:
    when: tuple[When, ...] = ()
    sure: bool = True

    def unsure(self) -> _Around:
        return _Around(self.when, False)


@dataclass(kw_only=True)
class Body:
    """Reads one function, or what a module does when it is imported (``owner`` and ``function`` are empty then).

    local: names bound by imports of the function;    made: variables -> the class of the library that made them
    """

    scopes: Scopes
    module: Module
    owner: str = ""
    function: Function | None = None
    asks: list[Ask] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    local: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    def read(self) -> Body:
        """Fill ``asks`` and ``calls``."""
        if self.function is None:
            self._read(self.module.tree.body, _Around())
            return self
        for decorator in self.function.decorator_list:
            self._expression(decorator, _Around())
        self._read(self.function.body, _Around())
        return self

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's parameters."""
        args = self.function.args if self.function else None
        every = (*args.posonlyargs, *args.args, *args.kwonlyargs) if args else ()
        return tuple(one.arg for one in every)

    def _read(self, body: Iterable[ast.stmt], around: _Around) -> None:
        for node in body:
            self._statement(node, around)
            if isinstance(node, ast.If) and self.function and always_leaves(node):
                around = around.unsure()

    def _statement(self, node: ast.stmt, around: _Around) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, around)
        elif isinstance(node, ast.Try):
            self._try(node, around)
        elif isinstance(node, ast.If):
            self._if(node, around)
        elif isinstance(node, (ast.With, ast.AsyncWith)) and is_guard(node):
            self._read(node.body, around.unsure())
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            self._expression(node.test if isinstance(node, ast.While) else node.iter, around)
            inside = around if always_runs(node) else around.unsure()
            self._read([*node.body, *node.orelse], inside)
        elif isinstance(node, ast.ClassDef):
            if self.function is None:
                self._parts((*node.bases, *node.decorator_list), around)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if self.function is None:
                self._parts(node.decorator_list, around)
            else:
                self._read(node.body, around.unsure())
        else:
            self._plain(node, around)

    def _plain(self, node: ast.stmt, around: _Around) -> None:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = self._target(dotted(node.value.func))
            for target in node.targets:
                if isinstance(target, ast.Name) and maker:
                    self.made[target.id] = maker
        for value in ast.iter_child_nodes(node):
            if isinstance(value, ast.stmt):
                self._read([value], around)
            elif isinstance(value, ast.expr) and not (
                isinstance(node, ast.AnnAssign) and value is node.annotation
            ):
                self._expression(value, around)
            elif isinstance(value, ast.withitem):
                self._expression(value.context_expr, around)
            elif isinstance(value, ast.match_case):
                self._read(value.body, around.unsure())

    def _parts(self, nodes: Iterable[ast.expr], around: _Around) -> None:
        for node in nodes:
            self._expression(node, around)

    def _import(self, node: ast.Import | ast.ImportFrom, around: _Around) -> None:
        for bound, target in bindings(self.module, node):
            if self.scopes.library.is_foreign(target):
                named = target if isinstance(node, ast.Import) else target.rpartition(".")[0]
                self._ask(named, node, around)
                continue
            if self.function is not None:
                self.local[bound] = target
            home = target if target in self.scopes.library.modules else target.rpartition(".")[0]
            if home in self.scopes.library.modules:
                self._called(home, {}, node, around)

    def _try(self, node: ast.Try, around: _Around) -> None:
        guards = [one for one in node.handlers if catches_import_error(one)]
        spared = bool(guards) and not any(gives_up(one.body) for one in guards)
        self._read(node.body, around.unsure() if spared else around)
        self._read([*node.orelse, *node.finalbody], around.unsure() if spared else around)
        for one in node.handlers:
            self._read(one.body, around.unsure())

    def _if(self, node: ast.If, around: _Around) -> None:
        if dotted(node.test).endswith("TYPE_CHECKING"):
            self._read(node.orelse, around)
            return
        if blames_imports(node.body):
            for name in self._flags(node.test):
                self._ask(name, node, self._beside_flags(node.test, around), named=True)
        else:
            tested = read_test(node.test, self.parameters)
            inside = _Around((*around.when, *tested), around.sure) if tested else around.unsure()
            self._expression(node.test, around.unsure())
            self._read(node.body, inside)
        chained = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        self._read(node.orelse, around if chained else around.unsure())

    def _beside_flags(self, test: ast.expr, around: _Around) -> _Around:
        """``kind == "a" and not HAS_A``: what is asked beside the flag."""
        if not isinstance(test, ast.BoolOp) or not isinstance(test.op, ast.And):
            return around
        others = [one for one in test.values if not any(self._flags(one))]
        tested = [read_test(one, self.parameters) for one in others]
        if not all(tested):
            return around.unsure()
        return _Around((*around.when, *(one for part in tested for one in part)), around.sure)

    def _flags(self, test: ast.expr) -> Iterable[str]:
        for node in ast.walk(test):
            name = dotted(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
            if name:
                soft = self.scopes.soft_modules(self._absolute(name))
                subject = flag_subject(name)
                yield from soft or ([subject] if subject else [])

    def _expression(self, node: ast.expr, around: _Around) -> None:
        if isinstance(node, ast.Lambda):
            self._expression(node.body, around.unsure())
            return
        if isinstance(node, ast.IfExp):
            self._parts((node.test, node.body, node.orelse), around.unsure())
            return
        if isinstance(node, ast.BoolOp):
            self._expression(node.values[0], around)
            self._parts(node.values[1:], around.unsure())
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self.function:
            for name in self._soft(node.id):
                self._ask(name, node, around, named=True)
        if isinstance(node, ast.Call):
            self._call(node, around)
        each = isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._expression(child, around.unsure() if each else around)
            elif isinstance(child, ast.keyword):
                self._expression(child.value, around)
            elif isinstance(child, ast.comprehension):
                self._parts((child.iter, *child.ifs), around)

    def _soft(self, name: str) -> tuple[str, ...]:
        """A name's modules, if it is one of them itself and no flag: flags are read in tests only."""
        whole = self._absolute(name)
        return () if name.isupper() or flag_subject(name) else self.scopes.soft_modules(whole)

    def _call(self, node: ast.Call, around: _Around) -> None:
        if self.function is not None:
            for name in asked_by_name(node):
                self._ask(name, node, around, named=True)
        target = self._target(dotted(node.func)) or self._of_new(node.func)
        if not target:
            return
        callee = self.scopes.defined[target][1]
        if isinstance(callee, ast.ClassDef):
            made = self.scopes.method(target, "__init__")
            callee = self.scopes.defined[made][1] if made else callee
        given = {} if isinstance(callee, ast.ClassDef) else given_to(callee, node)
        self._called(target, given, node, around)

    def _target(self, name: str) -> str:
        """The definition that a dotted name of this body means; "" if it is none of the library's."""
        head, _, rest = name.partition(".")
        if head in ("self", "cls") and self.owner:
            return self.scopes.method(self.owner, rest) if rest and "." not in rest else ""
        if head in self.made and rest:
            return self.scopes.method(self.made[head], rest)
        found = self.scopes.resolve(self._absolute(name)) if name else ""
        if found in self.scopes.defined:
            return found
        owner, _, last = found.rpartition(".")
        return self.scopes.method(owner, last) if owner in self.scopes.defined else ""

    def _of_new(self, func: ast.expr) -> str:
        """``Writer().save``: the method of what is just made."""
        if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Call):
            return ""
        maker = self._target(dotted(func.value.func))
        return self.scopes.method(maker, func.attr) if maker else ""

    def _absolute(self, name: str) -> str:
        head, dot, rest = name.partition(".")
        return f"{self.local.get(head, f'{self.module.name}.{head}')}{dot}{rest}"

    def _ask(self, name: str, node: ast.AST, around: _Around, *, named: bool = False) -> None:
        if self.scopes.library.is_foreign(name):
            self.asks.append(
                Ask(
                    module=name,
                    where=self._where(node),
                    named=named,
                    when=around.when,
                    sure=around.sure,
                )
            )

    def _called(
        self, target: str, given: Mapping[str, ast.expr], node: ast.AST, around: _Around
    ) -> None:
        self.calls.append(
            Call(
                target=target,
                given=given,
                where=self._where(node),
                when=around.when,
                sure=around.sure,
            )
        )

    def _where(self, node: ast.AST) -> str:
        return f"{self.module.path}:{getattr(node, 'lineno', 0)}"
