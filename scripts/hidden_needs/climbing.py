"""From what bodies ask for themselves to what each definition of a library needs, along its calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from hidden_needs.asks import Ask, Body, Call
from hidden_needs.optional import Function, dotted
from hidden_needs.parameters import defaults_of
from hidden_needs.scopes import Scopes
from hidden_needs.tags import tagged
from hidden_needs.tests_around import When

_DEPTH = 8
_MAKING = ("__new__", "__init__", "__post_init__", "model_post_init", "validate_environment")
_VALIDATORS = ("validator", "root_validator", "model_validator", "pre_init")


@dataclass(kw_only=True)
class Climbing:
    """The needs of definitions, each found once."""

    scopes: Scopes
    known: dict[str, tuple[Ask, ...]] = field(default_factory=dict)
    _bodies: dict[str, Body] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def needs(self, name: str) -> tuple[Ask, ...]:
        """What a definition needs when it is called, or a module when it is imported."""
        if name in self.known:
            return self.known[name]
        if name in self._open or len(self._open) > _DEPTH * 5:
            return ()
        self._open.append(name)
        found = simplest(self._needs(name))
        self._open.pop()
        if not self._open or not self._is_cyclic(found):
            self.known[name] = found
        return found

    def _is_cyclic(self, found: tuple[Ask, ...]) -> bool:
        """What was found inside a circle of calls may lack what its beginning asks: it is kept where it has any."""
        return not found and len(self._open) > _DEPTH

    def _needs(self, name: str) -> Iterator[Ask]:
        node = self.scopes.defined[name][1] if name in self.scopes.defined else None
        if isinstance(node, ast.ClassDef):
            yield from self._of_class(name, node)
            return
        body = self._body(name)
        yield from body.asks
        for call in body.calls:
            if call.target in self.scopes.library.modules and name.startswith(f"{call.target}."):
                continue
            for ask in self.needs(call.target):
                lifted = self._lifted(ask, call, body)
                if lifted is not None:
                    yield lifted

    def _of_class(self, name: str, node: ast.ClassDef) -> Iterator[Ask]:
        for ask in tagged(self.scopes, name):
            if self.scopes.library.is_foreign(ask.module):
                yield ask
        for maker in _MAKING:
            method = self.scopes.method(name, maker)
            if method:
                yield from self.needs(method)
        for one in node.body:
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and _is_validator(one):
                yield from self.needs(f"{name}.{one.name}")

    def _body(self, name: str) -> Body:
        if name not in self._bodies:
            if name in self.scopes.library.modules:
                body = Body(scopes=self.scopes, module=self.scopes.library.modules[name])
            else:
                module, node = self.scopes.defined[name]
                assert not isinstance(node, ast.ClassDef)
                owner = name.rpartition(".")[0]
                owner = owner if owner in self.scopes.defined else ""
                body = Body(scopes=self.scopes, module=module, owner=owner, function=node)
            self._bodies[name] = body.read()
        return self._bodies[name]

    def _lifted(self, ask: Ask, call: Call, body: Body) -> Ask | None:
        """A callee's need as the caller's; None where the call decides against it."""
        when = list(call.when)
        sure = ask.sure and call.sure
        defaults = self.defaults(call.target)
        for test in ask.when:
            given = call.given.get(test.argument, defaults.get(test.argument))
            if isinstance(given, ast.Constant):
                if str(given.value) not in test.texts:
                    return None
            elif isinstance(given, ast.Name) and given.id in body.parameters:
                when.append(When(given.id, test.texts))
            else:
                sure = False
        when = list(dict.fromkeys(when))
        return replace(ask, when=tuple(when[:2]), sure=sure and len(when) <= 2)

    def defaults(self, name: str) -> Mapping[str, ast.expr]:
        """The defaults of a definition's parameters; of ``__init__`` for a class."""
        node = self.scopes.defined[name][1] if name in self.scopes.defined else None
        if isinstance(node, ast.ClassDef):
            made = self.scopes.method(name, "__init__")
            node = self.scopes.defined[made][1] if made else None
        if node is None or isinstance(node, ast.ClassDef):
            return {}
        return defaults_of(node)


def simplest(asks: Iterable[Ask]) -> tuple[Ask, ...]:
    """One Ask of each module and kind; only the plain one where there is one: else they grow with every caller."""
    found: dict[tuple[str, tuple[When, ...], bool], Ask] = {}
    for ask in asks:
        found.setdefault((ask.module, ask.when, ask.sure), ask)
    plain = {module for module, when, sure in found if sure and not when}
    return tuple(
        ask
        for (module, when, sure), ask in found.items()
        if (sure and not when)
        or (module not in plain and (sure or not when or (module, (), False) not in found))
    )


def _is_validator(node: Function) -> bool:
    return any(
        dotted(one.func if isinstance(one, ast.Call) else one).rpartition(".")[2] in _VALIDATORS
        for one in node.decorator_list
    )
