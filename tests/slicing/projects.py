"""Random projects: several modules of valid, deterministic Python that change each other's objects.

A project is lists of top-level statements by path, so that a failing one is made small by leaving statements out.
``p.f`` takes nothing. All names tell their kind: ``v`` a number, ``l`` a list, ``d`` a dict, ``g`` a function of
no argument, ``C`` a class, ``o`` its instance, ``t`` a function that changes its argument, ``w`` a decorator.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Statements = Mapping[str, tuple[str, ...]]

KINDS = "vldgCotw"
START = (
    "import functools, random, contextlib, dataclasses, enum",
    "v0 = 1",
    "l0 = [1]",
    "d0 = {'a': 1}",
    "def g0():\n    return 2",
    "class C0:\n    n = 1\n    def m(self):\n        return self.n",
    "o0 = C0()",
    "def t0(x):\n    x.append(7)\n    return len(x)",
    "def w0(fn):\n    l0.append(3)\n    return fn",
)
STAR = "h.py"  # the module that others import with a star


def texts(project: Statements) -> dict[str, str]:
    """The files' texts."""
    return {path: "".join(f"{one}\n" for one in body) for path, body in project.items()}


def make_project(dice: random.Random, size: int = 14) -> Statements:
    """One project. ``size``: about how many statements each module has."""
    paths = [["p.py"], ["h.py", "p.py"], ["k/m.py", "k/__init__.py", "p.py"], ["h.py", "k/m.py", "k/__init__.py", "p.py"]][dice.choice([0, 0, 1, 2, 3])]  # fmt: skip
    made: dict[str, tuple[str, ...]] = {}
    done: list[_Writer] = []
    for path in paths:
        writer = _Writer(dice, path, tuple(done))
        writer.body(dice.randrange(size))
        done.append(writer)
        made[path] = tuple(writer.statements)
    return made


@dataclass
class _Writer:
    dice: random.Random
    path: str
    others: tuple[_Writer, ...]
    statements: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    count: int = 0
    depth: int = 0

    # the whole

    def body(self, size: int) -> None:
        self.names = {kind: [f"{kind}0"] for kind in KINDS}
        self.statements += START
        for other in self.others:
            self.statements += self.an_import(other)
        for _ in range(size):
            if self.others and self.dice.random() < 0.1:
                self.statements += self.an_import(self.dice.choice(self.others))
            self.statements.append(self.statement())
        if self.path == "p.py":
            self.statements.insert(
                self.dice.randrange(len(START), len(self.statements) + 1)
                if self.dice.random() < 0.2
                else len(self.statements),
                self.result(),
            )
        if self.dice.random() < 0.15 and self.path != "p.py":
            some = [one for kind in "vlg" for one in self.names[kind] if "." not in one]
            self.statements.append(f"__all__ = {self.dice.sample(some, min(4, len(some)))}")

    def result(self) -> str:
        parts = [self.number() for _ in range(self.dice.randrange(1, 3))]
        parts += [f"list({self.one('l')})"] * self.dice.choice([0, 0, 1])
        parts += [f"sorted({self.one('d')}.items())"] * self.dice.choice([0, 0, 1])
        if self.dice.random() < 0.1:
            parts.append("1 // 0")
        decorator = f"@{self.one('w')}\n" if self.dice.random() < 0.1 else ""
        default = f"y={self.number()}" if self.dice.random() < 0.2 else ""
        return f"{decorator}def f({default}):\n    return ({', '.join(parts)},)"

    def an_import(self, other: _Writer) -> list[str]:
        dice, relative = self.dice, self.path.startswith("k/") and other.path.startswith("k/")
        name = other.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        source = "." + name.removeprefix("k").removeprefix(".") if relative else name
        own = [one for kind in KINDS for one in other.names[kind] if "." not in one]
        kind = dice.choice(["from", "from", "alias", "star", "module", "as", "effect", "none"])
        if kind == "none":
            return []
        if kind == "from":
            picked = dice.sample(own, min(len(own), dice.randrange(1, 4)))
            bound = [(one, f"{one[0]}x{self.fresh()}") for one in picked]
            for _, new in bound:
                self.names[new[0]].append(new)
            return [f"from {source} import " + ", ".join(f"{a} as {b}" for a, b in bound)]
        if kind == "alias":
            picked_one = dice.choice(own)
            self.add(picked_one)
            return [f"from {source} import {picked_one}"]
        if kind == "star":
            return [f"from {source} import *"]
        if kind == "as" or relative:
            new = f"m{self.fresh()}"
            self.reach(new, other)
            if relative and name == "k":
                return [f"import k as {new}"]
            if relative:
                return [f"from . import {name.rpartition('.')[2]} as {new}"]
            return [f"import {name} as {new}"]
        if kind == "module":
            self.reach(name, other)
        return [f"import {name}"]

    def reach(self, prefix: str, other: _Writer) -> None:
        for kind in KINDS:
            for one in self.dice.sample(other.names[kind], min(2, len(other.names[kind]))):
                if "." not in one:
                    self.names[kind].append(f"{prefix}.{one}")

    # names

    def fresh(self) -> int:
        self.count += 1
        return self.count

    def one(self, kind: str) -> str:
        return self.dice.choice(self.names[kind])

    def own(self, kind: str) -> str:
        return self.dice.choice([one for one in self.names[kind] if "." not in one])

    def add(self, name: str) -> None:
        if name not in self.names[name[0]]:
            self.names[name[0]].append(name)

    def target(self, kind: str) -> str:
        """A name to bind: a new one, or one that is there."""
        if self.depth or self.dice.random() < 0.5:
            return self.own(kind)
        name = f"{kind}{self.dice.randrange(1, 4)}"
        self.pending.append(name)
        return name

    pending: list[str] = field(default_factory=list)

    # expressions

    def number(self) -> str:
        v, ell, d, g, c, o = (lambda kind=kind: self.one(kind) for kind in "vldgCo")
        atoms: list[Callable[[], str]] = [
            lambda: str(self.dice.randrange(9)), v, v, v,
            lambda: f"{g()}()", lambda: f"{g()}()", lambda: f"len({ell()})", lambda: f"sum({ell()})",
            lambda: f"{d()}.get('a', 5)", lambda: f"len({d()})", lambda: f"{c()}.n", lambda: f"{c()}().m()",
            lambda: f"{o()}.n", lambda: f"{o()}.m()", lambda: f"(lambda q: q + {v()})({v()})",
            lambda: f"sum([q + {v()} for q in {ell()}])", lambda: f"max({ell()}, default=4)",
            lambda: f"({v()} if {v()} > 2 else {g()}())", lambda: f"sum(x for x in {ell()} if x != {v()})",
            lambda: f"functools.partial({g()})()", lambda: f"getattr({o()}, 'n')", lambda: "random.randrange(5)",
            lambda: f"({self.number()} + {self.number()})", lambda: f"({self.number()} - {self.number()})",
        ]  # fmt: skip
        return self.dice.choice(atoms)()

    # statements

    def statement(self) -> str:
        self.pending = []
        text = self.dice.choice(self.simple() + ([] if self.depth else self.compound() * 2))()
        for name in self.pending:
            self.add(name)
        return text

    def simple(self) -> list[Callable[[], str]]:
        n, one, target = self.number, self.one, self.target
        return [
            lambda: f"{target('v')} = {n()}", lambda: f"{self.own('v')} += {n()}", lambda: f"{target('v')}: int = {n()}",
            lambda: f"{self.own('v')}, {self.own('v')} = {n()}, {n()}", lambda: f"{target('v')} = {target('v')} = {n()}",
            lambda: f"{target('l')} = [{n()}, {n()}]", lambda: f"{target('l')} = {one('l')}",
            lambda: f"{target('l')} = list({one('l')})", lambda: f"{one('l')}.append({n()})",
            lambda: f"{self.own('l')} += [{n()}]", lambda: f"{one('l')}[:] = [{n()}]", lambda: f"{target('v')} = {one('t')}({one('l')})",
            lambda: f"{one('t')}({one('l')})", lambda: f"{one('g')}()", lambda: f"{one('l')}.sort()",
            lambda: f"{target('d')} = {{'a': {n()}}}", lambda: f"{target('d')} = {one('d')}",
            lambda: f"{one('d')}['b'] = {n()}", lambda: f"{one('d')}.update(a={n()})", lambda: f"{one('d')}.pop('a', None)",
            lambda: f"{one('d')} .setdefault('c', {n()})", lambda: f"{target('g')} = {one('g')}",
            lambda: f"{target('g')} = lambda: {n()}", lambda: f"{target('g')} = functools.partial({one('g')})",
            lambda: f"{target('C')} = {one('C')}", lambda: f"{one('C')}.n = {n()}", lambda: f"setattr({one('C')}, 'n', {n()})",
            lambda: f"{target('o')} = {one('C')}()", lambda: f"{target('o')} = {one('o')}", lambda: f"{one('o')}.n = {n()}",
            lambda: f"{one('o')}.n += 1", lambda: f"{one('o')}.m()", lambda: f"random.seed({n()})",
            lambda: f"({self.own('v')} := {n()})", lambda: f"[{self.own('v')} := q for q in {one('l')}]",
            lambda: f"{one('l')}.extend({one('l')})" if self.dice.random() < 0.3 else "pass", lambda: "# a comment", lambda: "'text'",
            lambda: f"{target('l')} = [{one('l')}][0]", lambda: f"list(map({one('l')}.append, [{n()}]))",
            lambda: f"{target('v')} = {one('l')}.pop() if {one('l')} else 0" if self.dice.random() < 0.1 else f"{one('l')}.insert(0, {n()})",
            lambda: f"for {self.own('v')} in [{n()}, {n()}]: {one('l')}.append({one('v')})", lambda: f"assert {n()} is not None",
        ]  # fmt: skip

    def inner(self) -> str:
        self.depth += 1
        text = self.statement().replace("\n", "\n    ")
        self.depth -= 1
        return text

    def compound(self) -> list[Callable[[], str]]:
        n, one, own = self.number, self.one, self.own
        return [
            lambda: f"if {n()} > {n()}:\n    {self.inner()}\nelse:\n    {self.inner()}",
            lambda: f"if {n()} > {n()}:\n    {self.inner()}\n    {self.inner()}",
            lambda: f"if ({own('v')} := {n()}) > 2:\n    {self.inner()}\nelif {n()} == 2:\n    {self.inner()}",
            lambda: f"for {own('v')} in range(3):\n    {self.inner()}",
            lambda: f"for {own('l')} in [{one('l')}, {one('l')}]:\n    {self.inner()}",
            lambda: f"while {own('v')} < 3:\n    {own('v')} = 9\n    break",
            lambda: f"try:\n    {own('v')} = {one('d')}['no']\nexcept KeyError:\n    {self.inner()}\nfinally:\n    {self.inner()}",
            lambda: f"try:\n    {self.inner()}\n    {{}}['k']\nexcept LookupError as error:\n    {self.inner()}\nelse:\n    {own('v')} = 0",
            lambda: f"with contextlib.suppress(KeyError):\n    {self.inner()}\n    {own('v')} = {one('d')}['a']",
            lambda: f"with contextlib.nullcontext({one('l')}) as {own('l')}:\n    {self.inner()}",
            lambda: f"match {n()}:\n    case 0:\n        {own('v')} = 1\n    case {own('v')}:\n        pass",
            lambda: f"del {(name := own('v'))}\n{name} = {n()}",
            self.function, self.function, self.function, self.function, self.a_class, self.a_class, self.decorator,
        ]  # fmt: skip

    def function(self) -> str:
        n, one, own, dice = self.number, self.one, self.own, self.dice
        name = self.target("g")
        head = f"@{one('w')}\n" * dice.choice([0, 0, 0, 1]) + f"def {name}"
        other = dice.choice(self.others) if self.others else None
        bodies = [
            f"(x={n()}):\n    return x + {n()}", f"():\n    return {n()}", f"():\n    {one('l')}.append({n()})\n    return {n()}",
            f"():\n    global {(v := own('v'))}\n    {v} = {n()}\n    return {v}", f"():\n    {one('d')}['e'] = {n()}\n    return 1",
            f"():\n    {one('o')}.n += 1\n    return {one('o')}.n", f"():\n    y = {one('l')}\n    y.append({n()})\n    return len(y)",
            f"():\n    def inner():\n        nonlocal y\n        y += {n()}\n        return y\n    y = {n()}\n    return inner()",
            f"():\n    return {one('t')}({one('l')})", f"(*, k={n()}):\n    return k", f"():\n    {own('v')} = {n()}\n    return 1",
            f"():\n    yield {n()}\n{name} = functools.partial(next, {name}())" if not head.startswith("@") else f"():\n    return {n()}",
            f"():\n    try:\n        return {one('d')}['a']\n    except KeyError:\n        return {n()}",
            f"():\n    class Inner({one('C')}):\n        n = {n()}\n    return Inner().m()",
        ]  # fmt: skip
        if other is not None:
            dotted = other.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            bodies.append(f"():\n    import {dotted} as z\n    return z.g0() + z.v0")
            bodies.append(
                f"():\n    from {dotted} import l0 as z\n    z.append({n()})\n    return len(z)"
            )
        return head + dice.choice(bodies)

    def a_class(self) -> str:
        n, one = self.number, self.one
        name = self.target("C")
        base = f"({one('C')})" if self.dice.random() < 0.6 else ""
        head = f"@{one('w')}\n" * self.dice.choice([0, 0, 0, 1])
        bodies = [
            f"    n = {n()}\n    def m(self):\n        return self.n + {n()}",
            f"    def m(self):\n        {one('l')}.append(1)\n        return {n()}\n    n = {n()}",
            f"    n = {n()}\n    @property\n    def q(self):\n        return {n()}\n    def m(self):\n        return self.q",
            f"    n = {n()}\n    @classmethod\n    def m(cls):\n        cls.n = {n()}\n        return cls.n",
            f"    n = {n()}\n    def m(self):\n        return 1\n    def __init_subclass__(cls):\n        {one('l')}.append({n()})",
            f"    n = {n()}\n    def __init__(self):\n        self.n = {n()}\n        {one('d')}['i'] = 1\n    def m(self):\n        return self.n",
            f"    n: int = {n()}\n    def m(self):\n        return len(type(self).__subclasses__())",
            f"    n = {n()}\n    {one('l')}.append({n()})\n    m = lambda self: {n()}",
        ]  # fmt: skip
        return head + f"class {name}{base}:\n" + self.dice.choice(bodies)

    def decorator(self) -> str:
        n, one = self.number, self.one
        name = self.target("w")
        bodies = [
            f"    {one('l')}.append({n()})\n    return fn", f"    {one('d')}[fn.__name__] = {n()}\n    return fn",
            f"    fn.tag = {n()}\n    return fn", "    return fn",
        ]  # fmt: skip
        return f"def {name}(fn):\n" + self.dice.choice(bodies)
