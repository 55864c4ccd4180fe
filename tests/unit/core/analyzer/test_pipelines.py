"""Pipelines: explicit calls, implicit names, which one is meant, options, and everything that can be wrong."""

from __future__ import annotations

import pytest

from ops0.core.analyzer import analyse
from ops0.core.analyzer.errors import BadDecorator
from ops0.core.errors import AnalysisError, ErrorGroup, Ops0Error
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.pipeline import FromCall, FromConstant, FromParam, Reason, Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.values import Resolved

STEPS = """import ops0
@ops0.step
def load(path: str): return [path]
@ops0.step
def split(rows): return rows, rows
@ops0.step
def train(rows, k=3, *, deep=False): return 1
@ops0.step
def report(a, b): return 2
"""


def explicit(body: str, head: str = "def main(path: str, k: int = 3)") -> str:
    return (
        STEPS + f"@ops0.pipeline\n{head}:\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    )


def test_an_explicit_pipeline(pipeline) -> None:
    found = pipeline(
        explicit(
            '"""Doc."""\na, b = split(load(path))\none = train(a, k=k)\nreturn report(one, b=train(b, deep=True))'
        )
    )
    assert (found.name, found.explicit, found.entry, found.results) == (
        "main",
        True,
        "p.py",
        ("report",),
    )
    assert [step.name for step in found.steps] == ["split", "load", "train", "report"] or [
        step.name for step in found.steps
    ] == ["load", "split", "train", "report"]
    inputs = {call.id: dict(call.inputs) for call in found.calls}
    assert list(inputs) == ["load", "split", "train", "train-2", "report"]
    assert inputs["load"] == {"path": FromParam(param="path", required=True, annotation="str")}
    assert inputs["train"] == {
        "rows": FromCall(call="split", rule="item 0 of it", item=0),
        "k": FromParam(param="k", required=False, default=3, annotation="int"),
    }
    assert inputs["train-2"] == {
        "rows": FromCall(call="split", rule="item 1 of it", item=1),
        "deep": FromConstant(value=True),
    }
    assert inputs["report"]["b"] == FromCall(call="train-2", rule="called with it")


@pytest.mark.parametrize(
    ("body", "results"),
    [
        ("return load(path)", ("load",)),
        ("a = load(path)\nreturn a, train(a)", ("load", "train")),
        ("a = load(path)\nreturn {'rows': a, 'model': train(a)}", ("load", "train")),
        ("a = load(path)\ntrain(a)\ntrain(a, 4)", ("train", "train-2")),
        ("x = y = load(path)\nreturn report(x, y)", ("report",)),
        ("a, b = load(path), load('x')\nreturn report(a, b)", ("report",)),
        ("pair = split(load(path))\nreturn train(pair[1])", ("train",)),
        ("x: list = load(path)\nreturn train(x)", ("train",)),
    ],
)
def test_results(pipeline, body: str, results: tuple[str, ...]) -> None:
    assert pipeline(explicit(body)).results == results


@pytest.mark.parametrize(
    "value", ["'x'", "1.5", "-2", "None", "[1, {'a': True}]", "(1, 2)", "N", "2 * 3"]
)
def test_constants_are_json(pipeline, value: str) -> None:
    given = dict(pipeline(explicit(f"return load({value})") + "N = {'k': [1]}\n").calls[0].inputs)[
        "path"
    ]
    wanted = {"(1, 2)": [1, 2], "N": {"k": [1]}}
    assert given == FromConstant(value=wanted.get(value) or eval(value, {"N": None}))


def test_a_mapped_call_gives_an_item_to_each_and_the_rest_to_all(pipeline) -> None:
    found = pipeline(
        explicit("rows = load(path)\nreturn report.map(train.map(rows, k=k), [1, 2]), rows")
    )
    calls = {call.id: call for call in found.calls}
    assert list(calls) == ["load", "train", "report"]
    assert [calls[name].each for name in calls] == [(), ("rows",), ("a", "b")]
    assert dict(calls["train"].inputs)["k"] == FromParam(
        param="k", required=False, default=3, annotation="int"
    )
    assert dict(calls["report"].inputs) == {
        "a": FromCall(call="train", rule="called with it"),
        "b": FromConstant(value=[1, 2]),
    }
    assert found.results == ("report", "load")


def test_only_called_steps_count(pipeline) -> None:
    assert [step.name for step in pipeline(explicit("return load(path)")).steps] == ["load"]


def test_steps_of_other_modules(pipeline) -> None:
    files = {
        "k/__init__.py": "from .io import load",
        "k/io.py": "import ops0\nimport a\n@ops0.step\ndef load(): return a.x()\n@ops0.step\ndef other(): pass",
        "m.py": "from ops0 import step as s\n@s(name='fit-it')\ndef fit(rows): return 1",
        "p.py": "import ops0 as o\nfrom k import load\nimport m\n@o.pipeline\ndef main(): return m.fit(load())",
    }
    found = pipeline(files)
    assert [(step.name, step.module, step.function, step.where.path) for step in found.steps] == [
        ("load", "k.io", "load", "k/io.py"),
        ("fit-it", "m", "fit", "m.py"),
    ]


def test_imported_steps_are_joined_by_names_too(pipeline) -> None:
    files = {
        "s.py": "from ops0.core.decorators import step\n@step\ndef generate_data(): return 1\n@step\ndef process_data(data): return 2",
        "p.py": "from s import generate_data, process_data",
    }
    found = pipeline(files)
    assert (found.explicit, found.name, found.results) == (False, "p", ("process_data",))
    edge = dict(found.calls[1].inputs)["data"]
    assert isinstance(edge, FromCall)
    assert (edge.call, edge.item) == ("generate_data", None)


BLOCKS = """import ops0
@ops0.step
def before(): return 1
with ops0.pipeline("One"):
    @ops0.step
    def first(): return 1
    @ops0.step
    def second(first): return 2
    result = ops0.run()
with ops0.pipeline():
    ops0.run()
@ops0.pipeline
def three():
    return before()
"""


@pytest.mark.parametrize(
    ("wanted", "name", "steps"),
    [
        (None, "three", ["before"]),
        ("One", "one", ["first", "second"]),
        ("one", "one", ["first", "second"]),
        ("three", "three", ["before"]),
    ],
)
def test_which_pipeline_is_meant(pipeline, wanted: str | None, name: str, steps: list[str]) -> None:
    found = pipeline(BLOCKS, wanted)
    assert (found.name, [step.name for step in found.steps]) == (name, steps)


def test_a_block_without_steps_takes_those_before_it(pipeline) -> None:
    found = pipeline(BLOCKS.partition("@ops0.pipeline")[0])
    assert (found.name, [step.name for step in found.steps]) == ("p", ["before"])


def test_a_parameter_of_the_run_comes_before_names(pipeline) -> None:
    source = (
        "import ops0\n@ops0.step\ndef data(): return 1\n@ops0.step\ndef use(data: int): return 2"
    )
    assert isinstance(dict(pipeline(source).calls[1].inputs)["data"], FromCall)
    given = dict(pipeline(source, params=("data",)).calls[1].inputs)["data"]
    assert given == FromParam(param="data", required=True, annotation="int")


def test_what_the_first_step_must_be_given_the_run_gives(pipeline) -> None:
    found = pipeline(STEP + "def load(path: str): pass\n@ops0.step\ndef count(load): pass")
    (path,) = dict(found.calls[0].inputs).items()
    assert path == ("path", FromParam(param="path", required=True, annotation="str"))


def test_what_a_later_step_makes_is_no_gift_of_the_run(pipeline) -> None:
    with pytest.raises(AnalysisError) as caught:
        pipeline(STEP + "def make_egg(hen): pass\n@ops0.step\ndef make_hen(egg): pass")
    assert (caught.value.argument, caught.value.later) == ("hen", "make_hen")


def test_only_types_of_what_crosses_an_edge_count() -> None:
    """``device: torch.device | None = None`` that nobody fills brought torch, and 3 GB with it."""
    source = (
        "from __future__ import annotations\nimport ops0\nimport numpy as np\nimport torch\n"
        "@ops0.step\ndef load(t: torch.Tensor = None) -> np.ndarray: ...\n"
        "@ops0.step\ndef use(load: np.ndarray): ...\n"
    )
    seen: dict[str, list[str]] = {}

    def remember(step: str, facts: Facts, _: object) -> Resolved:
        seen[step] = [one.name for one in facts.types]
        return Resolved()

    analyse(
        MemorySource({"p.py": source}),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=remember,
    )
    assert seen == {"load": ["numpy.ndarray"], "use": ["numpy.ndarray"]}


def test_plain_defaults_may_be_replaced_by_the_run(pipeline) -> None:
    found = pipeline("N = 3\n" + STEP + "def load(n=N, pair=(1, 2), f=len): pass")
    assert dict(found.calls[0].inputs) == {
        "n": FromParam(param="n", required=False, default=3, annotation=None)
    }


def test_decorators_are_read() -> None:
    source = """import ops0
from ops0 import retry as again
MEMORY = "1GiB"; WHERE = "vault:kv/app#password"
@ops0.requires("pyarrow>=15", "x", apt=["libgomp1"])
@ops0.step(name="Load-it", output="rows")
@again(max_attempts=3, backoff="250ms")
@ops0.timeout("1m")
@ops0.resources(cpu=2, memory=MEMORY, network=True)
@ops0.image(base="b", python="3.12", group="old")
@ops0.secrets(B="env:HERE", A=WHERE)
@ops0.requires("y")
def load() -> "list": pass
"""
    seen: dict[str, StepDeclared] = {}

    def resolve(step: str, facts: object, declared: StepDeclared) -> Resolved:
        seen[step] = declared
        return Resolved()

    found = analyse(
        MemorySource({"p.py": source}),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=resolve,
    )
    (step,) = found.steps
    assert (step.name, step.output, step.returns) == ("Load-it", "rows", "list")
    options = step.options
    assert (options.retry_attempts, options.retry_backoff, options.timeout) == (3, 0.25, 60.0)
    assert (options.cpu, options.memory, options.network) == (2.0, 2**30, True)
    assert (options.base, options.python, options.group) == ("b", "3.12", "old")
    texts = [(one.text, one.where.line) for one in seen["Load-it"].requires]
    assert options.secrets == (("A", "vault:kv/app#password"), ("B", "env:HERE"))
    assert texts == [("pyarrow>=15", 4), ("x", 4), ("y", 11)]
    assert [one.text for one in seen["Load-it"].apt] == ["libgomp1"]
    assert all(isinstance(one, Declaration) for one in seen["Load-it"].requires)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", ["spark unpacks"]),
        ("@ops0.resources(cpu=1)", ["spark unpacks"]),
        ("@ops0.resources(native_code=False)", []),
        ("@ops0.resources(native_code=True)", ["declared: native_code=True"]),
    ],
)
def test_of_native_code_the_decorator_has_the_last_word(said: str, found: list[str]) -> None:
    read = analyse(
        MemorySource({"p.py": f"import ops0\n{said}\n@ops0.step\ndef f(): return 1\n"}),
        "p.py",
        roots=(".",),
        target=Target(python="3.11"),
        resolve_needs=lambda *_: Resolved(native_code=(Reason(Where("p.py", 1), "spark unpacks"),)),
    )
    assert [one.text for one in read.steps[0].native_code] == found


def test_cleanup_after_is_read_with_constants_and_by_any_of_its_units(pipeline) -> None:
    source = "import ops0\nFEW = 2\n@ops0.cleanup_after(minutes=FEW, hours=1)\n@ops0.step\ndef f(): return 1\n@ops0.step\n@ops0.cleanup_after(0)\ndef g(): return 1\n@ops0.step\ndef h(): return 1\n"
    after = {step.name: step.options.cleanup_after for step in pipeline(source).steps}
    assert after == {"f": 3720.0, "g": 0.0, "h": None}


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("retries=3", "write @ops0.retry(...) on the step; it takes: name, output"),
        ("memory='2GiB'", "write @ops0.resources(memory=...) on the step; it takes: name, output"),
        (
            "max_attempt=3",
            "write @ops0.retry(max_attempts=...) on the step; it takes: name, output",
        ),
        ("nam='x'", "did you mean 'name'? it takes: name, output"),
        ("weather=1", "it takes: name, output"),
    ],
)
def test_what_is_a_decorator_of_its_own_is_named_where_it_stands_as_an_argument(
    pipeline, said, hint
) -> None:
    with pytest.raises(BadDecorator) as caught:
        pipeline(f"import ops0\n@ops0.step({said})\ndef f(): return 1\n")
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("", "its arguments are missing"),
        ("()", "it does not say how long"),
        ("('5m')", "minutes='5m' is no number"),
        ("(weeks=1)", "'weeks' is no argument of it"),
        ("(minutes=-1)", "minutes=-1 is no number"),
    ],
)
def test_a_cleanup_that_cannot_be_meant_is_an_error_with_its_place(pipeline, said, fact) -> None:
    with pytest.raises(BadDecorator) as caught:
        pipeline(f"import ops0\n@ops0.step\n@ops0.cleanup_after{said}\ndef f(): return 1\n")
    assert str(caught.value).startswith("p.py:3: @ops0.cleanup_after: ")
    assert fact in str(caught.value)
    assert caught.value.hint


def test_a_step_is_analysed_for_the_python_that_it_asks_for(pipeline) -> None:
    source = "import ops0, sys\nif sys.version_info >= (3, 12):\n    A = 1\nelse:\n    A = 2\n@ops0.step\n@ops0.image(python='3.12')\ndef f(): return A\n@ops0.step\ndef g(): return A\n"
    texts = {step.name: step.slices[0].text for step in pipeline(source).steps}
    assert ("A = 1" in texts["f"], "A = 2" in texts["f"]) == (True, False)
    assert ("A = 1" in texts["g"], "A = 2" in texts["g"]) == (False, True)


def test_a_file_named_in_the_pipeline_goes_with_the_step(pipeline) -> None:
    files = {
        "p.py": explicit("return train(load('d/x.csv'))", "def main(path='y.csv')"),
        "d/x.csv": "1",
        "y.csv": "1",
    }
    assert {step.name: [one.path for one in step.data] for step in pipeline(files).steps} == {
        "load": ["d/x.csv"],
        "train": [],
    }


STEP = "import ops0\n@ops0.step\n"
WRONG = [
    ("no file", {}, 10, "p.py: no such file"),
    ("no text", {"p.py": b"\xff\xfe\x00"}, 10, "p.py: "),
    ("null bytes", {"p.py": "x = 1\0"}, 10, "p.py: the file contains null bytes"),
    ("unknown encoding", {"p.py": "# coding: no-such\n"}, 10, "p.py: "),
    ("no text encoding", {"p.py": "# coding: rot13\n"}, 10, "p.py: "),
    ("syntax", "import ops0\ndef (:\n", 11, "p.py:2: "),
    ("syntax elsewhere", {"p.py": STEP + "def f():\n  import h", "h.py": "x ="}, 11, "h.py:1: "),
    ("too deep", "x = " + "+".join("1" * 50_000), 10, "p.py"),
    ("too deep inside", STEP + "def f(): return " + "-" * 20_000 + "1", 10, "p.py"),
    ("no steps", "x = 1", 19, "p.py: no steps"),
    ("a method", "import ops0\nclass C:\n  @ops0.step\n  def f(self): pass", 15, "p.py:4: Step 'C.f' is a method"),
    ("async", STEP + "async def f(): pass", 15, "p.py:3: Step 'f' is asynchronous"),
    ("a class", STEP + "class F: pass", 15, "p.py:3: Step 'F' is a class"),
    ("star", STEP + "def f(*a): pass", 15, "p.py:3: Step 'f' takes *args or **kwargs"),
    ("positional only", STEP + "def f(a=1, /): pass", 15, "p.py:3: Step 'f' has positional-only parameters"),
    ("name", "import ops0\n@ops0.step(name='a b')\ndef f(): pass", 15, "p.py:3: Step name 'a b' cannot name an image"),
    ("name of the function", STEP + "def _f(): pass", 15, "p.py:3: Step name '_f' cannot name an image"),
    ("name with a line", "import ops0\n@ops0.step(name='a\\nRUN x')\ndef f(): pass", 18, "p.py:2: @ops0.step: "),
    ("long name", f"import ops0\n@ops0.step(name='{'a' * 64}')\ndef f(): pass", 15, "p.py:3: Step name "),
    ("duplicate", STEP + "def f(): pass\n@ops0.step(name='f')\ndef g(): pass", 15, "p.py:5: a second step is named 'f'; the first is at p.py:3"),
    ("duplicate but for case", STEP + "def f(): pass\n@ops0.step(name='F')\ndef g(): pass", 15, "p.py:5: a second step is named 'F'; the first is at p.py:3"),
    ("nobody provides", STEP + "def f(): pass\n@ops0.step\ndef g(x, y): return f", 15, "p.py:5: Step 'g' expects argument"),
    ("two provide", STEP + "def get_x(): return 1\n@ops0.step\ndef make_x(): return 1\n@ops0.step\ndef f(x): pass", 15, "p.py:7: Step 'f' expects argument 'x' and several previous steps provide it equally: get_x, make_x"),
    ("decorator unknown", "import ops0\n@ops0.stp\n@ops0.step\ndef f(): pass", 18, "p.py:2: @ops0.stp: ops0 has no such decorator"),
    ("decorator unknown, so no step", "import ops0\n@ops0.step\ndef f(): pass\n@ops0.stp\ndef g(): pass", 18, "p.py:4: @ops0.stp: ops0 has no such decorator"),
    ("decorator under another name", "from ops0 import steps\n@steps\ndef f(): pass", 18, "p.py:2: @ops0.steps: ops0 has no such decorator"),
    ("decorator not imported", "@step\ndef f(): pass", 18, "p.py:1: @ops0.step: `step` is not imported"),
    ("ops0 not imported", "@ops0.step()\ndef f(): pass", 18, "p.py:1: @ops0.step: `ops0` is not imported"),
    ("options of no step", "import ops0\n@ops0.timeout('1m')\ndef f(): pass", 18, "p.py:2: @ops0.timeout: 'f' is no step"),
    ("step of a lambda", "import ops0\nf = ops0.step(lambda: 1)", 18, "p.py:2: @ops0.step: it is called as a function"),
    ("step of a lambda among others", STEP + "def a(): pass\nf = ops0.step(lambda: 1)", 18, "p.py:4: @ops0.step: it is called as a function"),
    ("step by a call with a name", STEP + "def a(): pass\nf = ops0.step(name='b')(len)", 18, "p.py:4: @ops0.step: it is called as a function"),
    ("step in a function", "import ops0\ndef g():\n  @ops0.step\n  def f(): pass\n  return f", 15, "p.py:3: Step 'f' is declared inside a block of code"),
    ("step that is not called", explicit("return train(load)"), 15, "p.py:12: `load` stands for the function itself, not for its result"),
    ("constant that is made", "N = [n for n in open('x')]\n" + explicit("return train(load(path), N)"), 15, "p.py:13: what `N` is, is only known when its module runs"),
    ("decorator argument", "import ops0\n@ops0.step\n@ops0.timeout(minutes=1)\ndef f(): pass", 18, "p.py:3: @ops0.timeout: 'minutes' is no argument of it"),
    ("decorator value", "import ops0, os\n@ops0.step(name=os.name)\ndef f(): pass", 18, "p.py:2: @ops0.step: `os.name` is only known when the code runs"),
    ("decorator without arguments", "import ops0\n@ops0.step\n@ops0.timeout\ndef f(): pass", 18, "p.py:3: @ops0.timeout: its arguments are missing"),
    ("duration", "import ops0\n@ops0.step\n@ops0.timeout('soon')\ndef f(): pass", 18, "p.py:3: @ops0.timeout: 'soon' is not a duration"),
    ("size", "import ops0\n@ops0.step\n@ops0.resources(memory='4g')\ndef f(): pass", 18, "p.py:3: @ops0.resources: '4g' is not a size"),
    ("gpu", "import ops0\n@ops0.step\n@ops0.resources(gpu=1)\ndef f(): pass", 18, "p.py:3: @ops0.resources: ops0 cannot give a GPU to a step yet"),
    ("item by its name", "import ops0\n@ops0.step\ndef f(x=1): return x\n@ops0.pipeline\ndef p(): return f(f()['k'])", 15, "p.py:5: of a step's result only item 0, 1, … of a tuple can be taken here"),
    ("attempts", "import ops0\n@ops0.step\n@ops0.retry(max_attempts=0)\ndef f(): pass", 18, "p.py:3: @ops0.retry: max_attempts=0 is no whole number from 1 to 100"),
    ("python", "import ops0\n@ops0.step\n@ops0.image(python='latest')\ndef f(): pass", 18, "p.py:3: @ops0.image: python='latest' is no version"),
    ("requirement", "import ops0\n@ops0.step\n@ops0.requires(3)\ndef f(): pass", 18, "p.py:3: @ops0.requires: 3 is no requirement"),
    ("relative import to nowhere", {"k/__init__.py": "", "k/m.py": "from .no import x\ndef g(): x()", "p.py": "from k.m import g\n" + STEP + "def f(): g()"}, 10, "k/m.py:1: `from .no import x` leads to no file of this project"),
    ("relative import above the root", STEP + "def f():\n  from .h import x", 10, "p.py:4: `from .h import x` leads to no file"),
    ("name that is not there", {"h.py": "", "p.py": "from h import x\n" + STEP + "def f(): x()"}, 10, "p.py:1: `from h import x` leads to no file"),
    ("unknown step", explicit("return loda(path)"), 15, "p.py:12: 'loda' is called in a pipeline but is no step"),
    ("map of Python itself", explicit("return list(map(load, path))"), 15, "p.py:12: 'map' is called in a pipeline but is no step"),
    ("a function that is no step", explicit("return g(path)") + "def g(x): pass", 15, "p.py:12: 'g' is called in a pipeline but is no step"),
    ("secrets without names", "import ops0\n@ops0.step\n@ops0.secrets('TOKEN')\ndef f(): pass", 18, "p.py:3: @ops0.secrets: too many arguments without a name"),
    ("if", explicit("if k:\n        return load(path)"), 15, "p.py:12: `if` on `k`, which is only known when the run starts"),
    ("for", explicit("for i in path: load(i)"), 15, "p.py:12: how many items `path` has is only known when the run starts"),
    ("comprehension", explicit("return report([train(i) for i in load(path)], 1)"), 15, "p.py:12: how many items `load(path)` has is only known when the pipeline runs"),
    ("map nothing", explicit("return train.map(k=3)"), 15, "p.py:12: nothing to go over"),
    ("map no step", explicit("return trian.map(load(path))"), 15, "p.py:12: 'trian.map'"),
    ("item of a mapped call", explicit("a, b = train.map(load(path))\nreturn report(a, b)"), 15, "p.py:12: how many items that gives is only known when it runs"),
    ("with", explicit("with path: load(path)"), 15, "p.py:12: `with` does nothing"),
    ("a sum", explicit("return train(load(path) + 1)"), 15, "p.py:12: what `load(path)` is, is only known when the pipeline runs"),
    ("a method of a result", explicit("return train(load(path).x())"), 15, "p.py:12: 'load(path).x' is called in a pipeline"),
    ("missing argument", explicit("return report(load(path))"), 15, "p.py:12: Step 'report' is called without 'b'"),
    ("unknown keyword", explicit("return load(pth=path)"), 15, "p.py:12: Step 'load' has no parameter 'pth'"),
    ("too many", explicit("return load(path, k)"), 15, "p.py:12: Step 'load' takes 1 positional argument and is called with 2"),
    ("given twice", explicit("return load(path, path=path)"), 15, "p.py:12: Step 'load' is given 'path' twice"),
    ("star argument", explicit("return load(*path)"), 15, "p.py:12: Step 'load' is called with *"),
    ("keyword-only by position", explicit("return train(load(path), 1, True)"), 15, "p.py:12: Step 'train' takes 2 positional"),
    ("nothing called", explicit("return None", "def main()"), 15, "p.py:12: only whole results"),
    ("empty", explicit("pass", "def main()"), 15, "p.py:11: the pipeline 'main' calls no step"),
    ("after return", explicit("return load(path)\ntrain(1)"), 15, "p.py:13: nothing can follow `return`"),
    ("default that is no literal", explicit("return load(path)", "def main(path=open('x'))"), 15, "p.py:11: the default of 'path' is no JSON literal"),
    ("stars of the pipeline", explicit("return load(path)", "def main(path, *a)"), 15, "p.py:11: a pipeline takes no *args or **kwargs"),
    ("async pipeline", STEPS + "@ops0.pipeline\nasync def main(): return load('x')", 15, "p.py:11: a pipeline is a plain function"),
    ("pipeline name", STEPS + "with ops0.pipeline('a b'):\n  @ops0.step\n  def x(): pass", 15, "p.py:10: Pipeline name 'a b' cannot name an image"),
    ("pipeline name unknown", STEPS + "N = str()\nwith ops0.pipeline(N):\n  @ops0.step\n  def x(): pass", 18, "p.py:11: @ops0.pipeline: its name is not written out"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "code", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_one_clear_error(pipeline, files: object, code: int, message: str) -> None:
    with pytest.raises(AnalysisError) as caught:
        pipeline(files)
    fault = caught.value
    assert str(fault).startswith(message)
    assert fault.exit_code == code
    assert fault.hint
    assert "\n" not in str(fault)


def test_an_unknown_pipeline_is_told_with_the_known_ones(pipeline) -> None:
    with pytest.raises(AnalysisError) as caught:
        pipeline(BLOCKS, "four")
    assert (str(caught.value), caught.value.hint) == (
        "p.py: no pipeline is named 'four'",
        "pipelines in this file: One, p, three",
    )


def test_faults_are_told_together(pipeline) -> None:
    source = (
        explicit("a = loda(path)\nb = train()\nif b: pass\nreturn report(a, c)")
        + "@ops0.step\ndef _f(*a): pass\n"
    )
    with pytest.raises(ErrorGroup) as caught:
        pipeline(source)
    assert [str(one).split(": ")[0] for one in caught.value.errors] == [
        "p.py:17",
        "p.py:17",
        "p.py:12",
        "p.py:13",
        "p.py:14",
        "p.py:15",
    ]
    assert all(isinstance(one, Ops0Error) and one.hint for one in caught.value.errors)


def test_the_faults_of_all_steps_are_told_together(pipeline) -> None:
    files = {
        "p.py": "import ops0\nfrom h import x\nfrom h import y\n@ops0.step\ndef f(): x()\n@ops0.step\ndef g(): y()",
        "h.py": "",
    }
    with pytest.raises(ErrorGroup) as caught:
        pipeline(files)
    assert [str(one).split(": ")[0] for one in caught.value.errors] == ["p.py:2", "p.py:3"]


@pytest.mark.parametrize(
    ("name", "folder"), [("beside.csv", "jobs"), ("top.csv", "."), ("none.csv", ".")]
)
def test_a_step_runs_where_its_data_files_are_named_from(pipeline, name: str, folder: str) -> None:
    files = {
        "jobs/p.py": f"import ops0\n@ops0.step\ndef load(): return open('{name}').read()",
        "jobs/beside.csv": "1",
        "top.csv": "1",
    }
    assert pipeline(files, entry="jobs/p.py").steps[0].folder == folder


@pytest.mark.parametrize("arguments", ["A='plain'", "PATH='env:A'", "'env:A'", "**X", ""])
def test_a_secret_must_be_a_reference(pipeline, arguments) -> None:
    with pytest.raises(BadDecorator) as caught:
        pipeline(f"import ops0\nX = {{}}\n@ops0.step\n@ops0.secrets({arguments})\ndef f(): pass\n")
    assert caught.value.where.line == 4


MAKER = """import ops0
from functools import wraps
from ops0.core.decorators import step
def marked(f):
    @step
    @wraps(f)
    def wrapper(*args, **kwargs): return f(*args, **kwargs)
    return wrapper
def called(f):
    def wrapper(**kwargs): return f(**kwargs)
    return ops0.step(wraps(f)(wrapper))
def plain(f):
    @wraps(f)
    def wrapper(**kwargs): return f(**kwargs)
    return wrapper
def circular(f):
    @circular
    def wrapper(): return f()
    return wrapper
"""


def test_a_decorator_that_makes_steps_is_seen_through(pipeline) -> None:
    """As the contributor guide writes one; one that only wraps makes none, and one of itself ends."""
    declared = "".join(f"@{name}\ndef from_{name}(): return 1\n" for name in ("marked", "called"))
    others = "@plain\ndef no_step(): return 1\n@circular\ndef nor_this(): return 1\n"
    found = pipeline({"p.py": MAKER + declared + others})
    assert [step.name for step in found.steps] == ["from_marked", "from_called"]
    elsewhere = "from makers import marked\nimport ops0\n@ops0.timeout('1m')\n@marked\ndef one(): return 1\n"
    (step,) = pipeline({"p.py": elsewhere, "makers.py": MAKER}).steps
    assert (step.name, step.options.timeout) == ("one", 60.0)
    assert {part.path for part in step.slices} == {"p.py", "makers.py"}


_CALLING = """
import ops0

@ops0.step
def load() -> int: return 1

@ops0.step
def train(load, x=0):
    {body}

@ops0.pipeline
def flow():
    return train(load())
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return load() + x", ["`load(...)` calls what the step 'load' gave, not the step"]),
        ("load = len\n    return load('a')", []),
        ("return x.load() + load", []),
    ],
)
def test_a_step_that_calls_its_argument_for_a_step_is_told(
    pipeline, body: str, told: list[str]
) -> None:
    found = pipeline(_CALLING.format(body=body))
    (train,) = (step for step in found.steps if step.name == "train")
    assert [one.text for one in train.warnings] == told


def test_a_scripts_main_function_is_told_what_a_pipeline_has_for_its_parts(pipeline) -> None:
    # `print` was answered with "did you mean 'split'?", and each use of the options with a line of its own.
    body = [
        "parser = argparse.ArgumentParser()",
        "parser.add_argument('--path', type=str)",
        "args = parser.parse_args()",
        "print('reading', args.path)",
        "return train(load(args.path), k=int(args.k))",
    ]
    with pytest.raises(ErrorGroup) as caught:
        pipeline("import argparse\n" + explicit("\n".join(body), "def main()"))
    told = [
        (str(one).partition(": ")[2].partition(" is ")[0], one.hint) for one in caught.value.errors
    ]
    assert [name for name, _ in told] == ["'argparse.ArgumentParser'", "'print'"]
    assert "--param NAME=VALUE" in told[0][1]
    assert "print inside a step" in told[1][1]


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("print(main('x'))", "main"),
        ("main('x')", "main"),
        ("rows = load('x')", "load"),
        ("rows = [one for one in load('x')]", "load"),
        ("if __name__ == '__main__':\n    main('x')", None),
        ("later = lambda: main('x')", None),
        ("def test_it():\n    main('x')", None),
    ],
)
def test_what_a_file_calls_when_it_is_imported_is_told(
    pipeline, line: str, called: str | None
) -> None:
    # Each step's process imported the file and ran the whole pipeline once more, and nobody was told.
    found = pipeline(explicit("return report(train(load(path)), 1)") + line + "\n")
    told = [one for step in found.steps for one in step.warnings if one.processes]
    wanted = f"`{called}(...)` runs when the file is imported, in each step's process too"
    assert [one.text for one in told] == ([wanted] if called else [])
    assert not any(one.images for one in told)
