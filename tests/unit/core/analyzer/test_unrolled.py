"""Pipelines with loops over what is known, lists of results and other pipelines: the graph that Python itself would make."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from effort import cases
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.analyzer import analyse
from ops0.core.analyzer.pipelines.drawing import MOST_CALLS
from ops0.core.errors import AnalysisError, members
from ops0.core.locked import Target
from ops0.core.pipeline import FromCall, FromConstant, FromParam, FromParts, Input, Pipeline
from ops0.core.project_files import MemorySource
from ops0.core.requirements.values import Resolved

STEPS = """import ops0
import settings
REGIONS = ["eu", "us"]
PATHS = {"eu": "a.csv", "us": "b.csv"}
@ops0.step
def load(path): return [path]
@ops0.step
def train(rows, k=1): return 1
@ops0.step
def compare(models, names=None): return 2
"""
SETTINGS = "YEARS = (2023, 2024)\nNAMES = [str(1)]\nLISTED = ['a']\nLISTED.append('b')\n"
PREPARE = (
    "@ops0.pipeline\ndef prepare(path, k=2):\n    rows = load(path)\n    return train(rows, k)\n"
)


def read(
    body: str, before: str = "", head: str = "def main(n: int, names: list = None)"
) -> Pipeline:
    text = f"{STEPS}{before}@ops0.pipeline\n{head}:\n" + "".join(
        f"    {line}\n" for line in body.split("\n")
    )
    files = {"p.py": text, "settings.py": SETTINGS, "other.py": OTHER}
    return analysed(files)


OTHER = "import ops0\nK = 7\n@ops0.step\ndef clean(rows, k): return rows\n@ops0.pipeline\ndef cleaned(rows, k=K):\n    return clean(rows, k), K\n"


def analysed(files: dict[str, str]) -> Pipeline:
    return analyse(
        MemorySource(files),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=lambda *_: Resolved(),
    )


def names(found: Pipeline) -> list[str]:
    return [call.id for call in found.calls]


def inputs(found: Pipeline, call: str) -> dict[str, Input]:
    return next(dict(one.inputs) for one in found.calls if one.id == call)


def of(call: str) -> FromCall:
    return FromCall(call=call, rule="called with it")


def test_a_loop_over_a_constant_is_unrolled_and_its_list_is_an_argument() -> None:
    found = read(
        "models = []\nfor r in REGIONS:\n    models.append(train(load(r), n))\nreturn compare(models)"
    )
    assert names(found) == ["load-eu", "train-eu", "load-us", "train-us", "compare"]
    assert inputs(found, "load-us") == {"path": FromConstant(value="us")}
    assert inputs(found, "train-us")["k"] == FromParam(param="n", required=True, annotation="int")
    assert inputs(found, "compare") == {
        "models": FromParts(parts=(of("train-eu"), of("train-us")), shape=["list", 0, 1])
    }
    assert found.results == ("compare",)
    assert [step.name for step in found.steps] == ["load", "train", "compare"]


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ("return [load(r) for r in REGIONS]", ["load-eu", "load-us"]),
        ("return {r: load(r) for r in REGIONS}", ["load-eu", "load-us"]),
        ("for r, p in PATHS.items(): load(p)", ["load-eu", "load-us"]),
        ("for p in PATHS.values(): load(p)", ["load-a.csv", "load-b.csv"]),
        ("for r in PATHS: load(PATHS[r])", ["load-eu", "load-us"]),
        ("for y in settings.YEARS: load(y)", ["load-2023", "load-2024"]),
        ("for i, r in enumerate(REGIONS, 1): load(i)", ["load-eu", "load-us"]),
        ("for i in range(3): load(i)", ["load-0", "load-1", "load-2"]),
        ("for a, b in zip(REGIONS, 'xy'): load(b)", ["load-eu", "load-us"]),
        ("for f in ('data/eu 1.csv', './-'): load(f)", ["load-data-eu-1.csv", "load"]),
        ("for d in ({'a': 1}, {'a': 2}): load(d)", ["load", "load-2"]),
        ("for r in REGIONS:\n    for y in settings.YEARS: load(r)", ["load-eu-2023", "load-eu-2024", "load-us-2023", "load-us-2024"]),
        ("for r in REGIONS:\n    load(r); load(r)", ["load-eu", "load-eu-2", "load-us", "load-us-2"]),
        ("for r in ('Eu', 'eu'): load(r)", ["load-Eu", "load-eu-2"]),
        (f"for r in ('{'x' * 41}', 'b'): load(r)", ["load", "load-b"]),
        ("load('x')\nfor r in REGIONS: load(r)\nload('y')", ["load", "load-eu", "load-us", "load-2"]),
        ("for r in REGIONS:\n    if r == 'eu': continue\n    load(r)", ["load-us"]),
        ("for r in REGIONS:\n    load(r)\n    break\nelse:\n    load('never')", ["load-eu"]),
        ("for r in REGIONS: pass\nelse: load(r)", ["load"]),
        ("if 'eu' in REGIONS and len(REGIONS) > 1: load(1)\nelse: train(1)", ["load"]),
        ("x = [load(r) for r in REGIONS if r != 'eu']\nreturn x", ["load-us"]),
        ("load(1) if not REGIONS else train(2)", ["train"]),
        ("for do in [load, train]: do(1)", ["load", "train"]),
        ("return [do(1) for do in (load, train, load)]", ["load", "train", "load-2"]),
        ("for name, do in {'a': load, 'b': train}.items(): do(1)", ["load-a", "train-b"]),
        ("for do, r in zip([load, train], REGIONS): do(r)", ["load-eu", "train-us"]),
        ("go = load if len(REGIONS) > 2 else train\ngo(1)", ["train"]),
        ("every = {'a': load, 'b': [train]}\nevery['a'](1)\nevery['b'][0](1)", ["load", "train"]),
        ("from_file = [load]\nfrom_file.append(train)\nfor do in from_file: do(1)", ["load", "train"]),
    ],
)  # fmt: skip
def test_names_of_unrolled_calls(body: str, calls: list[str]) -> None:
    assert names(read(body)) == calls


def test_a_step_in_a_variable_is_mapped_too() -> None:
    found = read("for do in [train]: compare(do.map(load(1)))")
    assert [(one.step, one.each) for one in found.calls] == [
        ("load", ()),
        ("train", ("rows",)),
        ("compare", ()),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "train(load)", "x = load\ntrain(x)", "return load", "x = load\nreturn [x]", "if load: train(1)", "load + 1",
        "train(f'{load}')", "{load: 1}", "x = [1]\nx[load]", "for r in REGIONS:\n    if r == load: train(1)",
    ],
)  # fmt: skip
def test_a_step_that_is_not_called_is_no_result(body: str) -> None:
    with pytest.raises(
        Exception, match="stands for the function itself, not for its result"
    ) as got:
        read(body)
    assert {one.hint for one in members(got.value)} == {"call it: load(...)"}  # type: ignore[arg-type]


def test_the_names_of_a_loop_are_those_of_its_items_wherever_they_stand() -> None:
    """So an item more in front changes no other call's name, and nothing is made again."""
    before = inputs(read("for r in ['us']: load(r)"), "load-us")
    assert inputs(read("for r in ['eu', 'us']: load(r)"), "load-us") == before


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("f'data/{REGIONS[0]}-{settings.YEARS[-1]:06}.csv'", "data/eu-002024.csv"),
        ("f'{REGIONS[1]!r:>6}'", "  'us'"),
        ("'%s/%d' % (REGIONS[0], 3)", "eu/3"),
        ("'-'.join(sorted(REGIONS, reverse=True)).upper()", "US-EU"),
        ("[r.title() for r in REGIONS] + ['x']", ["Eu", "Us", "x"]),
        ("REGIONS[1:]", ["us"]),
        ("list(range(0, 6, 2))", [0, 2, 4]),
        ("[*REGIONS, *range(2)]", ["eu", "us", 0, 1]),
        ("{**PATHS, 'x': None}", {"eu": "a.csv", "us": "b.csv", "x": None}),
        ("dict(zip(REGIONS, settings.YEARS))", {"eu": 2023, "us": 2024}),
        ("(1, (2, 'a'))", [1, [2, "a"]]),
        ("max(settings.YEARS) // 2 if 1 < 2 <= 2 else 0", 1012),
        ("sum(n for n in range(4))", 6),
        ("tuple(reversed(REGIONS))", ["us", "eu"]),
        ("PATHS.get('no', -1.5)", -1.5),
        ("None or REGIONS[0] and str(2)", "2"),
    ],
)
def test_what_is_known_is_worked_out(given: str, value: object) -> None:
    assert inputs(read(f"return load({given})"), "load") == {"path": FromConstant(value=value)}


def test_lists_tuples_and_dicts_of_results_are_arguments() -> None:
    found = read(
        "a, b = load(1), load(2)\nd = {}\nd['a'] = a\nd[3] = (b, 1, [1, 2])\nreturn compare([a, n], names=d)"
    )
    given = inputs(found, "compare")
    param = FromParam(param="n", required=True, annotation="int")
    assert given["models"] == FromParts(parts=(of("load"), param), shape=["list", 0, 1])
    parts = (of("load"), of("load-2"), FromConstant(value=1), FromConstant(value=[1, 2]))
    assert given["names"] == FromParts(parts=parts, shape=["dict", ["a", 3], 0, ["tuple", 1, 2, 3]])


def test_a_call_is_given_a_list_as_it_was_when_it_was_made() -> None:
    found = read("m = [load(1)]\ncompare(m)\nm += [load(2)]\nreturn compare(m)")
    first, second = inputs(found, "compare")["models"], inputs(found, "compare-2")["models"]
    assert isinstance(first, FromParts)
    assert isinstance(second, FromParts)
    assert (len(first.parts), len(second.parts)) == (1, 2)


def test_a_mapped_call_goes_over_a_list_of_results() -> None:
    found = read("return train.map([load(r) for r in REGIONS], k=2)")
    assert found.calls[-1].each == ("rows",)
    assert inputs(found, "train")["rows"] == FromParts(
        parts=(of("load-eu"), of("load-us")), shape=["list", 0, 1]
    )


def test_a_pipeline_in_a_pipeline_is_read_in_its_place() -> None:
    found = read(
        "x = prepare('a')\ny = [prepare(r, k=n) for r in REGIONS]\nreturn compare([x, *y])", PREPARE
    )
    assert names(found) == [
        *("load", "train", "load-eu", "train-eu", "load-us", "train-us", "compare")
    ]
    assert inputs(found, "train")["k"] == FromConstant(value=2)
    assert inputs(found, "train-us")["k"] == FromParam(param="n", required=True, annotation="int")
    assert found.name == "main"


def test_a_pipeline_of_another_module_is_read_with_its_own_names() -> None:
    found = read("rows, k = other.cleaned(load(1))\nreturn train(rows, k)", "import other\nK = 1\n")
    assert names(found) == ["load", "clean", "train"]
    assert inputs(found, "clean") == {"rows": of("load"), "k": FromConstant(value=7)}
    assert inputs(found, "train") == {"rows": of("clean"), "k": FromConstant(value=7)}
    assert [(step.name, step.module) for step in found.steps] == [
        ("load", "p"),
        ("clean", "other"),
        ("train", "p"),
    ]
    assert [call.where.path for call in found.calls] == ["p.py", "other.py", "p.py"]


def test_two_steps_of_one_name_in_two_modules_are_told_apart() -> None:
    """The second was taken for the first, and its calls ran that."""
    files = {
        "a.py": "import ops0\n@ops0.step\ndef load(): return 1\n",
        "b.py": "import ops0\n@ops0.step\ndef load(): return 2\n",
        "p.py": "import ops0, a, b\n@ops0.pipeline\ndef main(): return a.load(), b.load()\n",
    }
    with pytest.raises(AnalysisError, match="a second step is named 'load'"):
        analysed(files)


def test_what_a_list_of_results_brings_counts_for_its_step() -> None:
    """The step that takes the list must be able to load what is in it."""
    text = (
        "import ops0, numpy\n@ops0.step\ndef load(n): return numpy.ones(n)\n"
        "@ops0.step\ndef total(parts): return 1\n"
        "@ops0.pipeline\ndef main(): return total([load(n) for n in (1, 2)])\n"
    )
    seen: dict[str, set[str]] = {}

    def remember(step: str, facts: Any, _: object) -> Resolved:
        seen[step] = {one.name.partition(".")[0] for one in facts.types}
        return Resolved()

    analyse(
        MemorySource({"p.py": text}),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=remember,
    )
    assert seen["total"] == {"numpy"}


WRONG = [
    ("for r in load(1): train(r)", "how many items `load(1)` has is only known when the pipeline runs", "step.map"),
    ("for r in names: load(r)", "how many items `names` has is only known when the run starts", "step.map"),
    ("for r in 3: load(r)", "`3` has no items to go over", ""),
    ("for r in {'a', 'b'}: load(r)", "`{'a', 'b'}` is neither", ""),
    ("if n > 1: load(1)", "what `n` is, is only known when the run starts", "step"),
    ("if load(1): load(2)", "`if` on `load(1)`, which is only known when the pipeline runs", "inside a step"),
    ("while True: load(1)", "how often `while` goes round", "for … in range"),
    ("return load(f'x{n}')", "what `n` is, is only known when the run starts", "step"),
    ("return compare(load(i) for i in REGIONS)", "is a generator", "list"),
    ("return load(REGIONS[5])", "`REGIONS[5]` raises IndexError", ""),
    ("return load('a' + 1)", "`'a' + 1` raises TypeError", ""),
    ("return load(1 / 0)", "`1 / 0` raises ZeroDivisionError", ""),
    ("REGIONS.append('x')\nreturn load(1)", "is only known when the code runs: p.py:13 changes it", "one place"),
    ("for r in settings.LISTED: load(r)", "is only known when the code runs: settings.py:4 changes it", "one place"),
    ("for r in settings.NAMES: load(r)", "p.py:13: what `settings.NAMES` is, is only known when its module runs", ""),
    ("x = PATHS\nx['a'] = load(1)", "`x` is no list or dict that the pipeline made", ""),
    ("x = REGIONS\nx.append(load(1))", "`x` stands in a module, and is not changed", "x.copy()"),
    ("[load(1)].sort()", "`[load(1)].sort` is not read in a pipeline", "append"),
    ("a, b = [load(1)]", "1 values for 2 names", ""),
    ("return [load(1), 3]", "only whole results of steps can be returned", ""),
    ("load(1)\nreturn []", "`return []` gives no result", ""),
    ("return load(max([load(1), load(2)]))", "what is in it is only known when the pipeline runs", ""),
    ("return load('x' * 100000)", "more than 10,000 items", ""),
    ("return load(f'{1:99999}')", "the text would be too long", ""),
    ("x = []\nfor i in range(60): x = [x, x]\nreturn compare(x)", "more than 10,000 parts", ""),
    (f"return [load(i) for i in range({MOST_CALLS + 1})]", "the pipeline makes more than 1,000 calls", "step.map"),
    ("for i in range(10000):\n    for j in range(10000): pass", "takes more than 200,000 steps", "step.map"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "fact", "hint"), WRONG)
def test_what_is_only_known_later_is_refused_with_its_place(
    body: str, fact: str, hint: str
) -> None:
    with pytest.raises(AnalysisError) as caught:
        read(body)
    (fault,) = members(caught.value)
    assert fact in str(fault)
    assert "p.py:1" in str(fault)
    assert fault.exit_code == 15
    assert hint in (fault.hint or "")
    assert fault.hint


@pytest.mark.parametrize(
    ("before", "fact"),
    [
        ("@ops0.pipeline\ndef a(x): return b(x)\n@ops0.pipeline\ndef b(x): return a(x)\n", "the pipeline 'a' calls itself: a → b → a"),
        ("@ops0.pipeline\ndef a(x): return a(x)\n", "the pipeline 'a' calls itself: a → a"),
        ("@ops0.pipeline\ndef a(): return load(1)\n", "Pipeline 'a' takes 0 positional arguments"),
        ("@ops0.pipeline\ndef a(x, y): return load(1)\n", "Pipeline 'a' is called without 'y'"),
        ("@ops0.pipeline\ndef a(x, *y): return load(1)\n", "a pipeline takes no *args"),
        ("@ops0.pipeline\ndef a(x, y=open('z')): return load(1)\n", "the default of 'y' is no JSON literal"),
        ("def a(x): return load(x)\n", "'a' is called in a pipeline but is no step"),
    ],
)  # fmt: skip
def test_pipelines_that_cannot_be_called(before: str, fact: str) -> None:
    with pytest.raises(AnalysisError) as caught:
        read("return a(1)", before)
    assert fact in "\n".join(map(str, members(caught.value)))


def test_a_function_that_calls_steps_is_to_be_a_pipeline() -> None:
    with pytest.raises(AnalysisError) as caught:
        read("return a(1)", "def a(x): return load(x)\n")
    assert caught.value.hint == (
        "decorate it: with @ops0.step, or with @ops0.pipeline if all it does is call steps"
    )


def test_a_loop_tells_its_fault_once() -> None:
    with pytest.raises(AnalysisError) as caught:
        read("for r in REGIONS: laod(r)")
    (fault,) = members(caught.value)
    assert fault.hint == "did you mean 'load'?"


@pytest.mark.parametrize(
    "body",
    [
        "done = []\nfor r in load(1): done.append(load(r))\nreturn done",
        "done = []\nfor r in load(1): done.append(load(r))\nfor one in done: last = load(one)\nreturn last",
        "done = []\nfor r in load(1): done += [load(r)]\na, b = done\nreturn done[0]",
        "done = {'x': []}\nfor r in load(1): done['x'].append(load(r))\nreturn done['x'][0]",
        "done = {}\nfor r in load(1): done[r] = load(r)\nreturn done",
        "done = []\nwhile True: done.append(load(1))\nreturn load(done[0])",
        "done = []\nif load(1): done.append(load(2))\nreturn load(done[0])",
    ],
)
def test_a_loop_that_cannot_be_unrolled_brings_no_further_faults(body: str) -> None:
    with pytest.raises(AnalysisError) as caught:
        read(body)
    (fault,) = members(caught.value)
    assert "only known when the pipeline runs" in str(fault)


# What Python itself does with the same text is the truth: a step that notes how it is called.

_ITEMS = st.lists(st.sampled_from(["eu", "us", "as"]), max_size=3).map(repr)
_OVER = st.one_of(
    _ITEMS, st.sampled_from(["REGIONS", "PATHS", "settings.YEARS", "range(2)", "REGIONS[1:]"])
)
_VALUE = st.sampled_from(
    [
        "n",
        "i",
        "f'{i}.csv'",
        "load(i)",
        "prepare(i)",
        "prepare(load(n), 5)",
        "[load(i), 1]",
        "(i, n)",
        "made[-1] if made else 0",
        "{i: load(2)}",
        "{'a': n, 'b': [i]}",
        "split(i)[1]",
        "str(i) * 2",
    ]
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["call", "append", "for", "if", "list", "dict", "leave"]))
        inner = [f"    {line}" for line in draw(blocks(depth + 1))] if depth < 2 else ["    pass"]
        value, over = draw(_VALUE), draw(_OVER)
        lines += {
            "call": [f"x = train({value}, k={draw(_VALUE)})", "made.append(x)"],
            "append": [f"made += [load({value})]"],
            "for": [f"for i in {over}:", *inner],
            "if": [f"if i == 'eu' or len(made) % 2 == {draw(st.integers(0, 1))}:", *inner, "else:", "    made.append(load(3))"],
            "list": [f"compare([train({value}) for i in {over} if i != 'us'], names=made)"],
            "dict": [f"compare({{str(i): {value} for i in {over}}})"],
            "leave": [f"for i in {over}:", "    load(i)", f"    if i != 'as': {draw(st.sampled_from(['break', 'continue']))}", "    train(i)"],
        }[kind]  # fmt: skip
    return lines


SPLIT = "@ops0.step\ndef split(x): return x, x\n"


class Noted:
    """A step that writes down its calls: ``v3 = train(v1, k=n)``."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name, self.lines = name, lines

    def __call__(self, *given: Any, **named: Any) -> Any:
        told = [*map(spelt, given), *(f"{name}={spelt(value)}" for name, value in named.items())]
        name = f"v{len(self.lines)}"
        self.lines.append(f"{name} = {self.name}({', '.join(told)})")
        return Result(name)


class Result(str):
    """The name of a result in the text that is written out."""

    __slots__ = ()

    def __getitem__(self, index: Any) -> Result:
        return Result(f"{self}[{index}]")


def spelt(value: Any) -> str:
    if isinstance(value, Result):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {spelt(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        inner = "".join(f"{spelt(one)}, " for one in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    return repr(value)


def written_out(text: str) -> list[str]:
    """The calls that Python makes when it runs the text."""
    lines: list[str] = []
    plain = SimpleNamespace(
        step=lambda made: Noted(made.__name__, lines), pipeline=lambda made: made
    )
    text = text.replace("import ops0\nimport settings\n", "")
    scope: dict[str, Any] = {"ops0": plain, "settings": SimpleNamespace(YEARS=(2023, 2024))}
    exec(compile(text, "p.py", "exec"), scope)
    scope["main"](Result("n"))
    return lines


def graph(found: Pipeline) -> list[tuple[str, object]]:
    """The calls without their names: numbers in their place."""
    numbers = {call.id: number for number, call in enumerate(found.calls)}

    def plain(source: Input) -> object:
        if isinstance(source, FromCall):
            return ("call", numbers[source.call], source.item)
        if isinstance(source, FromParts):
            return (repr(source.shape), [plain(one) for one in source.parts])
        return repr(source)

    return [
        (call.step, [(name, plain(source)) for name, source in call.inputs]) for call in found.calls
    ]


@cases(60, 10_000)
@given(body=blocks())
def test_an_unrolled_pipeline_is_what_python_makes_of_it(body: Iterable[str]) -> None:
    lines = ["made = [load(0)]", "i = 'eu'", *body, "train(made)"]
    before = SPLIT + PREPARE
    text = f"{STEPS}{before}@ops0.pipeline\ndef main(n):\n" + "".join(f"    {x}\n" for x in lines)
    plain = written_out(text)
    assert graph(read("\n".join(lines), before, "def main(n)")) == graph(
        read("\n".join(plain), before, "def main(n)")
    )
