"""What an analysis costs, counted in calls of Python functions: the same on every machine, however busy it is.

The projects are what numeric code is like: nearly every function leads to every other, by calls that hand on what
others gave, and divides, opens, joins and indexes what it is handed.
"""

from __future__ import annotations

import cProfile
from collections.abc import Mapping

from ops0.core.analyzer import function_facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

TARGET = Target(python="3.11")
MODULES = 4


def numeric(functions: int, steps: int) -> Mapping[str, str]:
    """A package of ``functions`` that lead to each other, and steps that use some of it."""
    files = {"numbers_/__init__.py": "from numbers_.m0 import *\n"}
    for at in range(MODULES):
        others = "".join(f"from numbers_.m{one} import *\n" for one in range(MODULES) if one != at)
        made = "".join(_function(one, functions) for one in range(at, functions, MODULES))
        files[f"numbers_/m{at}.py"] = f"import numpy as np\n{others}{made}"
    files["p.py"] = "import ops0\nimport numbers_ as nb\n" + "".join(
        f"\n@ops0.step\ndef step_{one}(graph: str) -> float:\n"
        f"    return nb.f{one % functions}(graph, nb.f{(7 * one) % functions}(graph, {one}))\n"
        for one in range(steps)
    )
    return files


def _function(at: int, functions: int) -> str:
    first, second, third = ((at * 5 + one) % functions for one in (1, 2, 3))
    return f"""
def f{at}(rows, weight):
    total = sum(rows) / weight
    mean, spread = float(total) / len(rows), (weight - total) / 2
    scaled = [1 / (len(rows) * one) for one in rows] + [mean * mean / spread, -spread / mean]
    parts = [f{first}(row / total, weight) for row in rows]
    for part, other in zip(parts, scaled):
        total = f{second}(part / other, total) / total
        for item in part:
            rows = sorted(f{third}(item, part), key=lambda one: one / total)
    with open(rows[0]) as lines:
        lines.write(parts[-1])
    return total / rows[weight], np.asarray(parts) / total
"""


def asking(depth: int, functions: int) -> Mapping[str, str]:
    """A library that imports, starts and opens what is named far away, and a file of functions that all use it."""
    library = "import importlib, subprocess\n" + "".join(
        f"""
def f{at}(name, tool="tool_{at}", root="data_{at}"):
    importlib.import_module(name)
    subprocess.run([tool, "--name", name])
    with open(root + "/" + name) as lines:
        {f"f{at - 1}(name, tool + '_x', root + '/' + name)" if at else "return lines"}
        {f"f{at // 2}('json', tool, root)" if at else "pass"}
"""
        for at in range(depth)
    )
    uses = "".join(f"\ndef g{at}(x):\n    return lib.start(), x\n" for at in range(functions))
    start = f"\ndef start():\n    return f{depth - 1}('json')\n"
    return {"lib.py": library + start, "p.py": f"import lib\n{uses}"}


def taking(calls: int, functions: int) -> Mapping[str, str]:
    """A function that is handed attributes of instances, and a file of functions that each call it once more."""
    classes = "".join(f"class K{at}(K{at - 1}):\n    pass\n" for at in range(1, 8))
    every = "".join(f"    take({at}, True, K7().root)\n" for at in range(calls))
    library = (
        f"class K0:\n    root = 'data'\n{classes}"
        f"def take(at, sure, path):\n    return open(path)\ndef start():\n{every}"
    )
    uses = "".join(
        f"\ndef g{at}():\n    lib.start()\n    lib.take(0, True, 'x{at}')\n"
        for at in range(functions)
    )
    return {"lib.py": library, "p.py": f"import lib\n{uses}"}


def wide(modules: int, functions: int) -> Mapping[str, str]:
    """Modules that have nothing special, and a file of functions that all reach all of them."""
    files = {
        f"m{at}.py": f"import numpy\n\ndef f(x):\n    return numpy.abs(x) + {at}\n"
        for at in range(modules)
    }
    head = "".join(f"import m{at}\n" for at in range(modules))
    every = " + ".join(f"m{at}.f(x)" for at in range(modules))
    uses = "".join(f"\ndef g{at}(x):\n    return every(x) + {at}\n" for at in range(functions))
    files["p.py"] = f"{head}\ndef every(x):\n    return {every}\n{uses}"
    return files


def cost(files: Mapping[str, str]) -> int:
    """How many functions in Python are called until all facts are known."""
    profile = cProfile.Profile(builtins=False)  # newer Pythons count built-in ones all the same
    source = MemorySource(files)
    facts = profile.runcall(function_facts, source, "p.py", None, roots=(".",), target=TARGET)
    assert not [one.faults for one in facts.values() if one.faults]
    return sum(one.callcount for one in profile.getstats() if not isinstance(one.code, str))


def test_a_step_more_costs_what_it_adds() -> None:
    """What is known of the functions behind a step is found for the first one. Nothing shared: twice as much."""
    assert cost(numeric(24, 20)) < 740_000


def test_code_that_leads_to_everything_costs_no_more_than_its_length() -> None:
    """Each expression is looked at once for a step. If it were followed by each way that leads to it, a third more."""
    assert cost(numeric(24, 1)) < 132_000
    assert cost(numeric(96, 1)) < 400_000


def test_what_calls_lead_to_by_texts_is_found_once_for_all_functions_of_a_file() -> None:
    """Ten more functions find the same names, programs and files. Asked anew for each: twenty times as much."""
    more = cost(asking(24, 20)) - cost(asking(24, 10))
    assert more < 130_000


def test_what_a_call_hands_on_and_which_classes_a_name_means_is_found_once() -> None:
    """Ten more functions, none of which knows the same calls. Looked up anew for each: twice as much."""
    more = cost(taking(60, 20)) - cost(taking(60, 10))
    assert more < 95_000


def test_a_module_that_has_nothing_for_a_question_is_asked_once() -> None:
    """Ten more functions pass over sixty modules for each question. Asked anew for each: a third more."""
    more = cost(wide(60, 20)) - cost(wide(60, 10))
    assert more < 62_000


def test_a_text_that_is_part_of_others_is_put_together_once() -> None:
    """Each path is made of one that was made of another one. Put together for each of them: three quarters more."""
    assert cost(asking(24, 10)) < 240_000


def test_imports_on_trial_do_not_each_ask_for_all_behind_them() -> None:
    """Where each asks for all behind it: eight times as much for twice as many."""

    def tried(count: int) -> int:
        names = "".join(f"\n    import m{one}" for one in range(count))
        uses = "".join(f"\n    m{one}.x()" for one in range(count))
        text = (
            f"try:{names}\n    HAS = True\nexcept ImportError:\n    HAS = False\ndef f():{uses}\n"
        )
        return cost({"p.py": text})

    assert tried(120) < 5 * tried(60)


def test_star_imports_in_a_circle_are_followed_once() -> None:
    """A name that both ends bind was followed round and round, until Python gave up: the function had no needs."""
    files = {
        "p.py": "from a import *\n\ndef f(x):\n    return open(root.path(x))\n",
        "a.py": "import numpy as np\nfrom b import *\nroot = np.zeros(3)\n",
        "b.py": "from a import *\nroot = None\n",
    }
    facts = function_facts(MemorySource(files), "p.py", "f", roots=(".",), target=TARGET)["f"]
    assert not facts.faults
    assert [one.module for one in facts.imports] == ["numpy"]


def chain(depth: int, methods: int) -> Mapping[str, str]:
    """A function with a class at the end of a chain of ``depth`` in it, the methods of which call each other."""
    text = ""
    for at in range(depth):
        text += f"class C{at}{f'(C{at - 1})' if at else ''}:\n"
        for one in range(methods):
            text += (
                f"    def m{at}_{one}(self, x):\n"
                f"        return self.m{max(at - 1, 0)}_{(one + 1) % methods}(x) + self.b{at}_{one}(x)\n"
                f"    def b{at}_{one}(self, x):\n        return x\n"
            )
    return {"p.py": text}


def test_a_method_more_looks_up_in_its_bases_what_only_it_names() -> None:
    """Where bases are gone through anew for each set of names, and methods for each that leads to them: five times."""
    assert cost(chain(8, 8)) < 670_000


def taken_apart(depth: int) -> Mapping[str, str]:
    """Functions that each take three attributes of what they are given, and hand all three on."""
    text = "import pandas as pd\ndef g0(x):\n    return [x.a, x.b, x.c]\n"
    for at in range(1, depth):
        every = ", ".join(f"g{at - 1}(x.{one})" for one in "abc")
        text += f"def g{at}(x):\n    return [{every}]\n"
    last = f"g{depth - 1}"
    return {
        "p.py": f"{text}def f(x):\n    return x\ndef start(p):\n    return f({last}(pd.read_csv(p)))\n"
    }


def test_what_attributes_of_a_parameter_have_in_common_is_taken_once() -> None:
    """Three to the fifth trails. Each taken from its beginning, and given anew: nearly four times as much."""
    assert cost(taken_apart(5)) < 60_000
