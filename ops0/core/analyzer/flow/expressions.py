"""What an expression without calls may give, in terms of its function: parameters stay open, ``OfParameter``."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

from ops0.core.analyzer.flow.bodies import Bound, parameters
from ops0.core.analyzer.flow.contexts import resource_asked, resources_named
from ops0.core.analyzer.flow.joining import joined_by, step_of
from ops0.core.analyzer.flow.members import CALLED, INDEXED, KEYED, SLICED, Members
from ops0.core.analyzer.flow.places import Place, as_function, is_self
from ops0.core.analyzer.flow.sessions import key_of, stored_by
from ops0.core.analyzer.flow.shapes import flat, is_row, is_sliced, root_of, row
from ops0.core.analyzer.flow.table import flow_table
from ops0.core.analyzer.flow.values import (
    CODE,
    NOTHING,
    UNKNOWN,
    Made,
    Own,
    Value,
    held,
    union,
)
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.stdlib import is_stdlib

__all__ = ["Expressions"]

_DISPLAYS = (ast.List, ast.Set)
_PAIRS = frozenset({"enumerate", "groupby", "items", "iteritems", "iterrows"})


class Expressions(Members, ast.NodeVisitor):
    """Evaluates expressions at one place; ``Evaluate`` adds calls."""

    def value(self, node: ast.expr) -> Value:
        """What the expression may give."""
        found: Value = self.visit(node)
        return found

    def generic_visit(self, node: ast.AST) -> Value:
        """All that stands in it."""
        return self.all(one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))

    def visit_Constant(self, _: ast.Constant) -> Value:
        return NOTHING

    def visit_JoinedStr(self, _: ast.JoinedStr) -> Value:
        return NOTHING

    def taken(self, bound: Bound) -> Value:
        """What a binding takes of its expression."""
        if bound.how == "entry":
            return self._entry(bound.node, bound.index)
        if bound.how == "put":
            return self._put_in(bound.node)
        found = self.handed(bound.node)
        if bound.how == "inside":
            return held(found, bound.of)
        if bound.how == "part":
            return found.part(bound.index)
        if bound.how == "row":
            return row(found)
        return self.items_of(Value(found.makers, found.unknown)) if bound.how == "item" else found

    def _put_in(self, node: ast.expr) -> Value:
        """What a method of a library's object puts into it: ``pipe.load_lora_weights(…)``."""
        func = node.func if isinstance(node, ast.Call) else None
        if not isinstance(func, ast.Attribute):
            return NOTHING
        made = self.value(func.value).libraries
        put = (flow_table().put_into(one.dotted, func.attr) for one in made if not one.held)
        return held(union(self.made(one, node.lineno) for one in put if one is not None))

    def handed(self, node: ast.expr) -> Value:
        """What the expression gives to somebody: with a ``lambda`` goes what it calls."""
        found = self.value(node)
        if not isinstance(node, ast.Lambda):
            return found
        chains = (chain_of(one) for one in ast.walk(node.body) if isinstance(one, ast.expr))
        outside = (self.known.places.outside(one, self.place) for one in chains if one is not None)
        python = self.module.project.target.python
        used = (self.made(one) for one in outside if one and not is_stdlib(one, python))
        return union([found, *(held(one, CODE) for one in used)])

    def _entry(self, node: ast.expr, index: int) -> Value:
        """One part of each item: of pairs, the first is a key or number, of ``zip`` each is of another value."""
        node = self._only(node)
        if isinstance(node, ast.Call):
            name = (chain_of(node.func) or ("",))[-1]
            name = node.func.attr if isinstance(node.func, ast.Attribute) else name
            if name in _PAIRS:
                return NOTHING if index == 0 else self.items_of(flat(self.value(node)))
            if name == "zip" and index < len(node.args):
                return self.items_of(flat(self.value(node.args[index])))
        found = self.value(node)
        rows = (
            [self.value(one) for one in node.elts] if isinstance(node, _DISPLAYS) else found.parts
        )
        return flat(found) if rows is None else flat(union(one.part(index) for one in rows))

    def _only(self, node: ast.expr) -> ast.expr:
        """What a name is bound to, where it is bound once and to that: ``pairs = enumerate(rows)``."""
        if not isinstance(node, ast.Name):
            return node
        bounds = self.known.places.body(self.place).names.get(node.id, ())
        around = as_function(self.place.path[-1]) if self.place.path else None
        given = around is not None and any(one.arg == node.id for one in parameters(around))
        return bounds[0].node if len(bounds) == 1 and bounds[0].how == "is" and not given else node

    def all(self, nodes: Iterable[ast.expr]) -> Value:
        """What any of these may give."""
        return flat(union(self.value(one) for one in nodes))

    def visit_Compare(self, node: ast.Compare) -> Value:
        """``df > 0`` is a frame, ``x in df`` is not."""
        if any(isinstance(one, (ast.In, ast.NotIn, ast.Is, ast.IsNot)) for one in node.ops):
            return NOTHING
        return self.all([node.left, *node.comparators])

    def visit_Lambda(self, node: ast.Lambda) -> Value:
        return self.value(node.body)

    def visit_Tuple(self, node: ast.Tuple) -> Value:
        if any(isinstance(one, ast.Starred) for one in node.elts):
            return self.all(node.elts)
        parts = tuple(self.value(one) for one in node.elts)
        whole = flat(union(parts))
        return Value(whole.makers, whole.unknown, parts)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        return flat(self.value(node.elt))

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> Value:
        targets = (one for each in node.generators for one in ast.walk(each.target))
        names = {one.id for one in targets if isinstance(one, ast.Name)}
        looped = isinstance(node.key, ast.Name) and node.key.id in names
        return flat(union([self._key(node.key, looked_up=looped), self.value(node.value)]))

    def visit_Dict(self, node: ast.Dict) -> Value:
        keys = (self._key(one) for one in node.keys if one is not None)
        return flat(union([*keys, *map(self.value, node.values)]))

    def _key(self, node: ast.expr, *, looked_up: bool = False) -> Value:
        """What a key is: looked up in something, or an item of it, it is plain, unless that holds numbers of numpy."""
        if isinstance(node, ast.Tuple):
            return union(self._key(one) for one in node.elts)
        found = self.value(node)
        if not looked_up and not isinstance(node, (ast.Subscript, ast.Attribute)):
            return found
        numeric = flow_table().numeric
        makers = (
            one
            for one in found.makers
            if not isinstance(one, Made) or one.dotted.partition(".")[0] in numeric
        )
        return Value(frozenset(makers), found.unknown)

    def visit_IfExp(self, node: ast.IfExp) -> Value:
        return union([self.value(node.body), self.value(node.orelse)])

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Value:
        return self.value(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> Value:
        found = self.value(node.value)
        key = node.slice
        kept = key_of(node, self.known.places, self.place)
        if kept is not None:
            return self.known.stored(self.module, kept)
        if isinstance(key, ast.Constant) and isinstance(key.value, int) and key.value >= 0:
            item = found.part(key.value)
            if found.parts is not None:
                return item
            return row(item) if is_row(node.value) else self.looked_up(item, INDEXED)
        return self.looked_up(flat(found), SLICED if is_sliced(key) else KEYED)

    # names

    def visit_Name(self, node: ast.Name) -> Value:
        return self.chain((node.id,), node)

    def visit_Attribute(self, node: ast.Attribute) -> Value:
        chain = chain_of(node)
        if chain is not None:
            return self.chain(chain, node)
        return self.member(self.value(node.value), node.attr)

    def chain(self, chain: tuple[str, ...], node: ast.expr) -> Value:
        """``a.b.c``."""
        dotted = self.known.places.outside(chain, self.place)
        if dotted is not None:
            kept = stored_by(dotted)
            if kept is not None:
                return self._along(self.known.stored(self.module, kept[0]), kept[1])
            standard = is_stdlib(dotted, self.module.project.target.python)
            plain = standard or flow_table().is_constant(dotted)
            return NOTHING if plain else self.made(dotted)
        owner = self.known.places.owner_of(chain[0], self.place)
        if owner is not None and is_self(chain[0], owner):
            return self._of_self(owner, chain[1:])
        body = self.known.places.body(owner or Place(self.module))
        scoped = body.scoped.get(id(root_of(node)))
        if scoped is not None:
            return self._along(union(map(self.taken, scoped)), chain[1:])
        of_other = (
            self._put_by_others(owner, chain) if owner is not None and len(chain) > 2 else None
        )
        if of_other is not None:
            found, rest = of_other, chain[3:]
        elif owner is not None:
            here = owner.path[-1:] == self.place.path[-1:]
            seen = self.known.places.body(owner).seen_from(node, chain[0]) if here else None
            found, rest = self.known.bound(chain[0], owner, seen), chain[1:]
        else:
            found, rest = self._global(chain)
        return self._along(found, rest)

    def _along(self, value: Value, names: Iterable[str]) -> Value:
        for name in names:
            value = self.member(value, name)
        return value

    def _put_by_others(self, owner: Place, chain: tuple[str, ...]) -> Value | None:
        """``context.resources.store``; or ``inputs.fit.model`` in a step that joins others: see _put_by_step."""
        resource = resource_asked(chain, owner)
        if resource is None:
            return self._put_by_step(owner, chain)
        named = resources_named(owner.module, resource)
        return union(
            self._resource(type(self)(self.known, Place(one)), node) for one, node in named
        )

    def _resource(self, there: Expressions, node: ast.expr) -> Value:
        """What a function gets of a resource: of a function that makes it the result, of a class an instance."""
        found = there.value(node)
        made = {one for one in found.makers if isinstance(one, Own) and not one.instance}
        called = (there.of_own(one, CALLED) for one in sorted(made))
        return union([Value(found.makers - made, found.unknown), *called])

    def _put_by_step(self, owner: Place, chain: tuple[str, ...]) -> Value | None:
        """What the step that the chain names has put on its ``self``."""
        if joined_by(owner, chain[0]) is None:
            return None
        of_class = Place(owner.module, owner.path[:-1])
        method = self.known.places.body(of_class).inner.get(chain[1])
        if method is None or step_of(of_class, method) is None:
            return None
        inside = of_class.inside(method)
        put = self.known.places.body(inside).fields.get(chain[2], ())
        there = type(self)(self.known, inside)
        return union([there.taken(one) for one in put]) if put else None

    def _of_self(self, owner: Place, rest: tuple[str, ...]) -> Value:
        of_class = Place(owner.module, owner.path[:-1])
        if not rest:
            name = of_class.path[-1].name
            return Value(frozenset({Own(owner.module.path, name, instance=True)}))
        return self._along(self.known.attribute(of_class, rest[0]), rest[1:])

    def _global(self, chain: tuple[str, ...]) -> tuple[Value, tuple[str, ...]]:
        """A name at the top of this or another module, and the attributes that are left."""
        found = self.known.places.local(chain, self.place)
        if found is None:
            known = hasattr(builtins, chain[0]) or chain[0].startswith("__")
            top = self.known.places.body(Place(self.module)).names
            if not known and chain[0] in top:
                return self.known.bound(chain[0], Place(self.module)), chain[1:]
            return (NOTHING if known else UNKNOWN), chain[1:]
        if found.unit.kind == "define":
            own = Own(found.module.path, found.name, instance=False)
            return Value(frozenset({own})), ()
        return self.known.bound(found.name, Place(found.module)), found.rest
