"""What functions do with all that they call is found with work that grows as the code does. Counted, not timed."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops0.core.analyzer.effects import calling, solving
from ops0.core.analyzer.effects.callables import Code
from ops0.core.analyzer.effects.circles import circles
from ops0.core.analyzer.effects.looking import Look
from ops0.core.analyzer.effects.outlines import Outline
from ops0.core.analyzer.effects.watching import watch
from ops0.core.analyzer.effects.world import World
from ops0.core.analyzer.hidden import sites
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.reach.finishing import Finishing
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.parse import may_import, parse
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

TARGET = Target(python="3.11")


def world_of(text: str) -> World:
    project = Project(MemorySource({"p.py": text}), ("",), TARGET)
    return World.of(project.module("p.py"))


def chain(size: int) -> str:
    """Functions that call the next one each; the last one is first in the file."""
    made = [
        f"def f{at}(rows):\n    T{at}.append(rows)\n    return f{at + 1}(rows)\n"
        for at in range(size)
    ]
    return "\n".join(
        [*(f"T{at} = []" for at in range(size)), *made, f"def f{size}(rows): pass", "f0(1)"]
    )


def ring(size: int) -> str:
    """The same, and the last one calls the first."""
    return f"{chain(size)}\n".replace(
        f"def f{size}(rows): pass", f"def f{size}(rows): return f0(rows)"
    )


def methods(size: int) -> str:
    """Classes with methods of the same two names that call each other, whichever is meant."""
    body = "    def go(self, x):\n        self.n = x.stop(self)\n    def stop(self, x):\n        return x.go(self)"
    made = [f"class C{at}:\n{body}" for at in range(size)]
    return "\n".join([*made, *(f"c{at} = C{at}()" for at in range(size)), "c0.go(c1)"])


@pytest.mark.parametrize(("project", "most"), [(chain, 1), (ring, 3), (methods, 4)])
def test_looks_grow_as_the_code_does(project: Callable[[int], str], most: int) -> None:
    for size in (50, 200):
        codes = (size + 1) * (2 if project is methods else 1)
        assert world_of(project(size)).solver.looks <= most * codes + 4


def test_each_function_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: Counter[Code] = Counter()

    def counted(nodes: Iterable[object], code: Code) -> Outline:
        read[code] += 1
        return watch(nodes, code)  # type: ignore[arg-type]

    monkeypatch.setattr(solving, "watch", counted)
    world_of(ring(60) + methods(20))
    assert len(read) >= 100
    assert set(read.values()) == {1}


def test_a_chain_of_calls_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ast.AST] = []

    def counted(node: ast.AST) -> tuple[str, ...] | None:
        asked.append(node)
        return chain_of(node)

    monkeypatch.setattr(calling, "chain_of", counted)
    counts = []
    for size in (40, 80):
        asked.clear()
        world_of(f"x = f(){'.then(1, 2)' * size}\n")
        counts.append(len(asked))
    assert counts[1] < 2.2 * counts[0]


def test_a_ring_does_what_all_of_it_does() -> None:
    world = world_of(ring(5))
    (done,) = (one for one in world.doings.values() if one.changed)
    assert done.changed == {("p.py", f"T{at}") for at in range(5)}


calls = st.builds(
    "f{0}({1}, {2})".format,
    st.integers(0, 5),
    st.sampled_from(["a", "b", "T0", "T1", "f1", "*b"]),
    st.sampled_from(["a", "b=b", "T2", "f2", "**a"]),
)
bodies = st.lists(
    st.one_of(
        calls,
        st.builds("return {0}".format, calls),
        st.builds("a = {0}".format, calls),
        st.builds("T{0}.append({1})".format, st.integers(0, 2), st.one_of(calls, st.just("a"))),
        st.sampled_from(["b.append(a)", "return b", "a()", "b = [a, b]", "return lambda: a"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(bodies, min_size=6, max_size=6))
def test_looking_again_finds_what_looking_anew_finds(made: list[list[str]]) -> None:
    functions = (
        f"def f{at}(a, b=None):\n" + "".join(f"    {one}\n" for one in body)
        for at, body in enumerate(made)
    )
    solver = world_of("T0 = T1 = T2 = []\n" + "".join(functions) + "f0(T0)\n").solver
    known = solver._known
    assert known
    for code, done in known.items():
        if not code.members:
            assert Look(watch(code.body, code), solver.numbers).done(known) == done


def test_what_has_been_found_is_not_gone_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    size, ways, gone_through = 40, 6, 0
    value = Look.value

    def counted(self: Look, roots: int) -> tuple[int, int]:
        nonlocal gone_through
        gone_through += roots.bit_count()
        return value(self, roots)

    monkeypatch.setattr(Look, "value", counted)
    every = ", ".join(f"T{at}" for at in range(size))
    functions = (
        f"def f{at}(a, b):\n    a = [{every}, a]\n    T{at}.append(b)\n"
        + "".join(f"    b = f{(at + way * way + 1) % size}(a, b)\n" for way in range(ways))
        + "    return b\n"
        for at in range(size)
    )
    tops = "".join(f"T{at} = []\n" for at in range(size))
    world_of(tops + "".join(functions) + "f0(T0, T1)\n")
    assert gone_through < 15_000  # 20,436 where all is gone through at each look


def test_circles_come_after_what_they_lead_to() -> None:
    graph = {0: [1, 5], 1: [2], 2: [3, 1], 3: [4], 4: [3], 5: [4, 5], 6: [0]}
    found = [frozenset(group) for group in circles(0, graph.__getitem__)]
    assert found == [{3, 4}, {1, 2}, {5}, {0}]


def test_circles_need_no_stack() -> None:
    size = 20_000
    (group,) = circles(0, lambda at: [(at + 1) % size])
    assert len(group) == size


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("def f():\n    return 1", False),
        ("def f():\n    import x", True),
        ("@exec('im' 'port x')\ndef f(): pass", True),
        ("def f(): \uff45val('im' 'port x')", True),
    ],
)
def test_a_statement_without_imports_shows_it(text: str, may: bool) -> None:
    parsed = parse("p.py", text.encode())
    assert may_import(parsed, parsed.tree.body[-1]) is may


def test_calls_are_looked_up_in_each_module_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many parameters are asked about: in a large project that was most of the time of a function."""
    asked: list[Module] = []

    def counted(module: Module, kept: frozenset[int]) -> sites.ByName:
        asked.append(module)
        return {}

    monkeypatch.setattr(sites, "_by_name_of_kept", counted)
    module = Project(MemorySource({"p.py": "def f(x): pass\nf(1)"}), ("",), TARGET).module("p.py")
    reach = Reach(module.project)
    reach.start(module, "f")
    Finishing(reach).finish()
    calls, node = sites.CallSites(reach), module.units[0].node
    assert isinstance(node, ast.FunctionDef)
    for _ in range(3):
        assert not list(calls.of(module, node))
    assert asked == [module]


def test_what_a_statement_does_depends_on_the_methods_of_its_world() -> None:
    """The same file is executed by one that knows a method of the name that it calls, and by one that does not."""
    put = "class Store:\n    def put(self, row):\n        ROWS.append(row)\nROWS = []\n"
    files = {
        "shared.py": "from lib import box\nLIMIT = len('x')\nbox().put(1)\n",
        "without.py": "import shared\n",
        "with_put.py": "import shared, store\n",
        "store.py": put,
    }
    for order in (("without.py", "with_put.py"), ("with_put.py", "without.py")):
        project = Project(MemorySource(files), ("",), TARGET)
        worlds = {path: World.of(project.module(path)) for path in order}
        changed = {path: world.doings["shared.py", 2].changed for path, world in worlds.items()}
        assert changed == {"without.py": frozenset(), "with_put.py": {("store.py", "ROWS")}}
        limits = [world.doings["shared.py", 1] for world in worlds.values()]
        assert limits[0] is limits[1]  # it calls nothing of the project: looked at once
