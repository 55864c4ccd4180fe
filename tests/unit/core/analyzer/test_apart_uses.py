"""Steps are warned of an object that a step before them has fitted or filled, and where they use it: not elsewhere."""

from __future__ import annotations

import pytest

from ops0.core.pipeline import Pipeline, Warn

FLOW = """
import collections
import json
import random
import joblib
import pandas as pd
import ops0
from collections import defaultdict
from sklearn.base import clone
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate
from torch import nn, optim
from elsewhere import api, client, manager
import helpers
PIPE = Ridge()
NET = nn.Linear(1, 1)
HASHED = HashingVectorizer()
SETTINGS = {"retries": 3}
CACHE = {}
TALLY = collections.Counter()
GROUPS = defaultdict(list)
ROWS = []
SHARED = manager.list()
REMOTE = client.set()
STORE = api.dict()
def lookup(key):
    if key not in CACHE:
        CACHE[key] = len(key)
    return CACHE[key]
def keep(rows): return rows
def write(path, rows): return len(json.dumps(rows))
def score(model, rows): return mean(model, rows) + 1
def mean(model, rows): return model.predict(rows)
@keep
def kept(rows): return sum(rows)
def bound(rows):
    rows = [1]
    return sum(rows)
def again(model, rows): return again(model, rows)
def fitted(model, rows):
    model.fit(rows)
    return score(model, rows)
@ops0.step
def first(rows=1):
    FIRST
    return 1
@ops0.step
def second(first):
    SECOND
"""


def told(made: Pipeline) -> dict[str, list[Warn]]:
    return {step.name: list(step.warnings) for step in made.steps}


def names_told(pipeline, first: str, second: str) -> list[str]:
    text = FLOW.replace("FIRST", first).replace("SECOND", second)
    found = told(pipeline({"p.py": text, "helpers.py": "def fill(rows): rows.append(1)"}))
    assert found["first"] == []
    return [one.text.split()[3].rstrip(",") for one in found["second"]]


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("PIPE.fit(rows)", "return PIPE.predict(first)", "PIPE"),
        ("PIPE.fit(rows)", "return PIPE.coef_", "PIPE"),
        ("PIPE.fit(rows)", "joblib.dump(PIPE, 'model.pkl')", "PIPE"),
        ("PIPE.fit(rows)", "return {'model': PIPE}", "PIPE"),
        ("PIPE.fit(rows)", "from p import PIPE as best\n    return best.predict(1)", "PIPE"),
        ("PIPE.fit(rows)", "print(PIPE)\n    return PIPE.predict(1)", "PIPE"),
        ("PIPE.fit(rows)", "return score(PIPE, first)", "PIPE"),
        ("PIPE.fit(rows)", "return mean(rows=first, model=PIPE)", "PIPE"),
        ("ROWS.append(rows)", "return write('out.json', ROWS)", "ROWS"),
        ("NET.load_state_dict(rows)", "NET.eval()\n    return NET(first)", "NET"),
        ("ROWS.append(rows)", "return [row for row in ROWS]", "ROWS"),
        ("ROWS.append(rows)", "return pd.DataFrame(ROWS)", "ROWS"),
        ("ROWS.append(rows)", "out = []\n    out.extend(ROWS)\n    return out", "ROWS"),
        ("ROWS.append(rows)", "return f'{ROWS}'", "ROWS"),
        ("ROWS.append(rows)", "return first[ROWS]", "ROWS"),
        ("ROWS.append(rows)", "return first in ROWS", "ROWS"),
        ("TALLY.update(rows)", "return TALLY.most_common(3)", "TALLY"),
        ("TALLY['a'] += 1", "return dict(TALLY)", "TALLY"),
        ("CACHE['a'] = rows", "return CACHE['a']", "CACHE"),
        ("CACHE[rows] = rows", "return CACHE['a']", "CACHE"),
        ("CACHE['a'] = rows\n    CACHE['b'] = rows", "return CACHE['b']", "CACHE"),
        ("SETTINGS.update(tries=1, retries=2)", "return SETTINGS['retries']", "SETTINGS"),
        ("SETTINGS.update(rows)", "return SETTINGS['retries']", "SETTINGS"),
        ("SETTINGS['retries'] = rows", "return json.dumps(SETTINGS)", "SETTINGS"),
    ],
)
def test_a_step_is_warned_that_looks_for_what_an_earlier_one_left(
    pipeline, first: str, second: str, name: str
) -> None:
    assert names_told(pipeline, first, second) == [name]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # a template: nobody looks at what it has learned
        ("PIPE.fit(rows)", "return clone(PIPE).fit(first)"),
        # it puts in what was learned, or is ready for a model that has learned nothing
        ("PIPE.fit(rows)", "PIPE.coef_ = first; PIPE.n = 0; return PIPE.predict(rows)"),
        ("PIPE.fit(rows)", "vars(PIPE).update(first); return PIPE.predict(rows)"),
        (
            "PIPE.fit(rows)",
            "return PIPE.predict(rows) if hasattr(PIPE, 'coef_') else load('m').predict(rows)",
        ),
        (
            "PIPE.fit(rows)",
            "\n    try: return PIPE.predict(rows)\n    except NotFittedError: return 1",
        ),
        # it leaves what is there, or takes out again what it has put in
        ("SETTINGS.setdefault('tries', 3)", "return SETTINGS['tries']"),
        ("ROWS.append(1); out = list(ROWS); ROWS.clear()", "return [*ROWS, 1]"),
        ("SETTINGS['tries'] = 1; del SETTINGS['tries']", "return SETTINGS['tries']"),
        ("PIPE.fit(rows)", "return PIPE.get_params()"),
        ("PIPE.fit(rows)", "return PIPE.set_params(alpha=2)"),
        ("PIPE.fit(rows)", "return PIPE.named_steps['scale']"),
        ("PIPE.fit(rows)", "return cross_val_score(PIPE, first)"),
        ("PIPE.fit(rows)", "return cross_validate(estimator=PIPE, X=first)"),
        ("PIPE.fit(rows)", "return GridSearchCV(PIPE, {}).fit(first)"),
        ("HASHED.fit_transform(rows)", "return HASHED.transform(first)"),
        # fitted or filled here, or maybe
        ("PIPE.fit(rows)", "PIPE.fit(first)\n    return PIPE.predict(first)"),
        ("PIPE.fit(rows)", "PIPE.set_params(alpha=2).fit(first)\n    return PIPE.predict(first)"),
        ("PIPE.fit(rows)", "keep(PIPE)\n    return PIPE.predict(first)"),
        ("PIPE.fit(rows)", "return fitted(PIPE, first)"),
        ("PIPE.fit(rows)", "score(*first, PIPE)"),
        ("PIPE.fit(rows)", "return again(PIPE, first)"),
        ("SETTINGS['tries'] = rows", "return write(first, SETTINGS)"),
        ("NET.load_state_dict(rows)", "optim.Adam(NET.parameters())\n    return NET(first)"),
        ("GROUPS.update(rows)", "GROUPS[first].append(1)\n    return dict(GROUPS)"),
        ("ROWS.append(rows)", "helpers.fill(ROWS)\n    return sum(ROWS)"),
        ("ROWS.append(rows)", "import helpers as h\n    h.fill(ROWS)\n    return sum(ROWS)"),
        ("GROUPS.update(rows)", "GROUPS[first][0] = 1\n    return dict(GROUPS)"),
        ("ROWS.append(rows)", "global ROWS\n    ROWS = [1]\n    return sum(ROWS)"),
        ("ROWS.append(rows)", "return isinstance(ROWS, list)"),
        ("ROWS.append(rows)", "random.shuffle(ROWS)\n    return sum(ROWS)"),
        ("ROWS.append(rows)", "exec(first, ROWS)\n    return sum(ROWS)"),
        ("ROWS.append(rows)", "pd.run(keep, ROWS)\n    return sum(ROWS)"),
        ("ROWS.append(rows)", "return kept(ROWS)"),
        ("ROWS.append(rows)", "return bound(ROWS)"),
        # a cache: whoever finds nothing makes it
        ("return lookup(rows)", "return CACHE.get(first) or len(first)"),
        ("return lookup(rows)", "return CACHE[first] if first in CACHE else len(first)"),
        ("return lookup(rows)", "return CACHE[first] if first in CACHE.keys() else 0"),
        ("return lookup(rows)", "if first in CACHE:\n        return CACHE[first]"),
        (
            "return lookup(rows)",
            "try:\n        return CACHE[first]\n    except KeyError:\n        return 0",
        ),
        ("ROWS.append(rows)", "return ROWS or [1]"),
        # another key
        ("SETTINGS.pop('tries')", "return SETTINGS['retries']"),
        ("SETTINGS['tries'] = rows", "return SETTINGS['retries']"),
        ("SETTINGS.update({'a': 1}, tries=rows)", "return SETTINGS['retries']"),
        # nobody's list: a proxy that all share, or a client's answer
        ("SHARED.append(rows)", "return sum(SHARED)"),
        ("REMOTE.add(rows)", "return sum(REMOTE)"),
        ("STORE['a'] = rows", "return STORE['a']"),
    ],
)
def test_a_step_is_not_warned_that_does_not_need_it(pipeline, first: str, second: str) -> None:
    assert names_told(pipeline, first, second) == []


def test_a_name_of_python_that_the_module_binds_is_not_pythons(pipeline) -> None:
    text = "from elsewhere import list\n" + FLOW.replace("ROWS = []", "ROWS = list()")
    text = text.replace("FIRST", "ROWS.append(rows)").replace("SECOND", "return sum(ROWS)")
    assert told(pipeline(text))["second"] == []
    assert told(pipeline(text.partition("\n")[2]))["second"] != []


ORDER = """
import ops0
from sklearn.linear_model import Ridge
MODEL = Ridge()
N = 0
def count():
    global N
    N = 1
@ops0.step
def load(rows=1): return rows
@ops0.step
def fit(rows):
    count()
    MODEL.fit(rows)
    return 1
@ops0.step
def tune(rows):
    MODEL.fit(rows)
    return 2
@ops0.step
def use(rows):
    one = N
    return MODEL.predict(rows)
@ops0.pipeline
def flow(): return FLOW
"""


@pytest.mark.parametrize(
    ("flow", "hints"),
    [
        ("use(fit(load()))", {"fit"}),
        ("use(load.map([fit(1)]))", {"fit"}),  # whatever lies between
        ("fit(use(load()))", set()),  # after it: to hand it back is a circle
        ("fit(load()), use(load())", set()),  # beside it
        ("fit(load()), use(tune(load()))", {"tune"}),  # the one that is before it
    ],
)
def test_only_of_what_is_done_before_it(pipeline, flow: str, hints: set[str]) -> None:
    warnings = told(pipeline(ORDER.replace("FLOW", flow)))["use"]
    assert {(one.hint or "").split("'")[1] for one in warnings} == hints


def test_the_place_is_where_the_step_uses_it(pipeline) -> None:
    (names, uses) = told(pipeline(ORDER.replace("FLOW", "use(fit(load()))")))["use"]
    lines = ORDER.splitlines()
    assert lines[names.where.line - 1].strip() == "one = N"
    assert lines[uses.where.line - 1].strip() == "return MODEL.predict(rows)"
