"""Steps run on their own: they are warned where they call each other, or read what another one sets."""

from __future__ import annotations

import pytest

from ops0.core.pipeline import Pipeline

FLOW = """
import ops0
COUNT, SEEN = 0, None
def seen():
    global SEEN
    SEEN = SEEN or 1
    return SEEN
def reset():
    global COUNT
    COUNT = 5
@ops0.step
def load():
    reset()
    return seen()
@ops0.step
def clean(rows): return BODY
def helped(rows): return clean(rows)
@ops0.pipeline
def flow(): return clean(load())
"""


def told(made: Pipeline) -> dict[str, list[tuple[str, int]]]:
    return {
        step.name: [(one.text.partition(":")[0], one.where.line) for one in step.warnings]
        for step in made.steps
    }


@pytest.mark.parametrize(
    ("body", "warned"),
    [
        ("rows + COUNT", [("step 'clean' reads COUNT, which step 'load' sets by `global` (p.py", 16)]),
        ("[rows for COUNT in (1, 2) if COUNT]", []),
        ("reset() or COUNT", []),  # it sets it too
        ("seen()", []),  # what a helper fills is filled in each
        ("load()", [("step 'clean' calls step 'load' in its body", 16)]),
        ("load.map(rows)", [("step 'clean' calls step 'load' in its body", 16)]),
        ("[each() for each in (load,)]", []),
        ("[load for load in rows]", []),
        ("clean(rows[1:]) if rows else 0", []),  # itself: that is a loop
    ],
)  # fmt: skip
def test_a_step_is_warned_of_what_it_cannot_have(
    pipeline, body: str, warned: list[tuple[str, int]]
) -> None:
    assert told(pipeline(FLOW.replace("BODY", body))) == {"load": [], "clean": warned}


def test_also_through_a_helper_and_another_file(pipeline) -> None:
    files = {
        "p.py": "import ops0\nfrom q import load, help\n@ops0.step\ndef go(): return help()\n"
        "@ops0.pipeline\ndef flow(): return load(), go()",
        "q.py": "import ops0\nN = 0\n@ops0.step\ndef load():\n  global N\n  N = 1\n"
        "def help():\n  load()\n  return N",
    }
    found = told(pipeline(files))
    assert found["load"] == []
    assert found["go"] == [("step 'go' calls step 'load' in its body", 8)]


def test_the_hint_says_what_to_do(pipeline) -> None:
    (step,) = (one for one in pipeline(FLOW.replace("BODY", "COUNT")).steps if one.warnings)
    (warning,) = step.warnings
    assert warning.hint == "return COUNT from 'load' and hand it to 'clean' as a parameter"


OBJECTS = """
import ops0
from made import MODEL, ROWS, CLIENT, HANDLERS, fit, score, handle
import made
@ops0.step
def train(rows=1):
    CHANGES
@ops0.step
def report(train):
    return USES
"""
MADE = """
from sklearn.linear_model import Ridge
import redis
CLIENT = redis.Redis()
ROWS = []
MODEL = Ridge()
HANDLERS = {}
def register(handler):
    HANDLERS[handler.__name__] = handler
    return handler
@register
def handle(rows): return rows
def fit(rows): MODEL.fit(rows)
def score(): return MODEL.predict([[1]])
"""


@pytest.mark.parametrize(
    ("changes", "uses", "name"),
    [
        ("MODEL.fit(rows)", "MODEL.predict(1)", "MODEL"),
        ("fit(rows)", "score()", "MODEL"),
        ("made.MODEL.fit(rows)", "MODEL", "MODEL"),
        ("ROWS.append(rows)", "len(made.ROWS)", "ROWS"),
        ("ROWS[0] = rows", "sum(ROWS)", "ROWS"),
        ("del made.ROWS[0]", "sum(ROWS)", "ROWS"),
        ("MODEL.predict(rows)", "MODEL.predict(1)", None),
        ("fit(rows)", "train", None),  # it is handed on, as it should be
        ("fit(rows)", "fit(train) or score()", None),  # each fits its own
        ("ROWS = []; ROWS.append(rows)", "ROWS", None),  # another name
        ("[ROWS.append(rows) for ROWS in rows]", "ROWS", None),
        ("handle(rows)", "HANDLERS['handle'](1)", None),  # registered in each when it is imported
        ("CLIENT.append('key', rows)", "CLIENT.get('key')", None),  # what lies elsewhere both see
    ],
)
def test_a_step_is_warned_of_an_object_that_another_changes(
    pipeline, changes: str, uses: str, name: str | None
) -> None:
    files = {"p.py": OBJECTS.replace("CHANGES", changes).replace("USES", uses), "made.py": MADE}
    (report,) = (one for one in pipeline(files).steps if one.name == "report")
    found = [one.text.partition(", which step 'train' changes")[0] for one in report.warnings]
    assert found == ([] if name is None else [f"step 'report' uses {name}"])
