"""A list of results as an argument, on its way through a run: order, go line, log, cache key, page."""

from __future__ import annotations

import html
import json
from types import SimpleNamespace
from typing import Any

from ops0.cli.given_params import typed_params
from ops0.core.arguments import params_of
from ops0.core.pipeline import FromCall, FromConstant, FromParam, FromParts
from ops0.runtime.events import read_events
from ops0.runtime.inputs import inputs_told, producers_of
from ops0.runtime.keeping.recipes import recipe_of
from ops0.runtime.orchestrator import RunOptions, run_pipeline
from ops0.runtime.outputs.manifest import Value, ValueFile
from ops0.runtime.page.page import report_page
from ops0.runtime.resuming.past import filled
from ops0.runtime.runs import find_run, kept_runs

A, B = (FromCall(call=name, rule="called with it") for name in "ab")
N = FromParam(param="n", required=False, default=3, annotation="int")
SHAPE: Any = ["list", 0, ["dict", ["x", 7], 1, ["tuple", 2, 3]]]
PARTS = FromParts(parts=(A, B, N, FromConstant(value="c")), shape=SHAPE)


def flow(make: SimpleNamespace) -> Any:
    return make.pipeline(make.call("a"), make.call("b"), make.call("c", given=PARTS))


def test_it_waits_for_all_of_them_and_is_told_their_places(make: SimpleNamespace) -> None:
    pipeline = flow(make)
    assert producers_of(pipeline.calls[2]) == ("a", "b")
    assert list(params_of(pipeline)) == ["n"]
    assert typed_params({"n": "4"}, pipeline) == {"n": 4}
    engine = make.Engine()
    report = run_pipeline(pipeline, engine, RunOptions(params={"n": 5}))
    assert report.state == "done"
    given = engine.gone[-1]["inputs"]["given"]
    assert (given["from"], given["shape"]) == ("parts", SHAPE)
    assert [one["from"] for one in given["of"]] == ["value", "value", "json", "json"]
    assert [one["path"] for one in given["of"][:2]] == ["/ops0/in/a/1", "/ops0/in/b/1"]
    assert [one["value"] for one in given["of"][2:]] == [5, "c"]
    run = find_run(kept_runs()[-1])
    told = {one["call"]: one for one in next(iter(read_events(run.events))).data["calls"]}
    assert told["c"]["after"] == ["a", "b"]
    assert told["c"]["inputs"] == json.loads(json.dumps(inputs_told(pipeline.calls[2])))
    page = html.unescape(report_page(run, {}))
    assert "[a, {'x': b, 7: (5, \"c\")}]" in page


def test_what_was_given_is_compared_part_by_part(make: SimpleNamespace) -> None:
    inputs = inputs_told(flow(make).calls[2])
    assert filled(inputs, {"n": 3}) == filled(inputs, {})
    assert filled(inputs, {"n": 4}) != filled(inputs, {})


def test_the_key_of_a_kept_result_is_of_all_parts_and_their_order(make: SimpleNamespace) -> None:
    def key(*parts: Any, shape: Any = ("list", 0, 1), **params: Any) -> str:
        call = make.call("c", given=FromParts(parts=parts, shape=list(shape)))
        return recipe_of(call, "code", params, lambda one: values[one]).inputs["given"]

    values = {name: _value(name) for name in "ab"}
    keys = [key(A, B), key(B, A), key(A, N), key(A, N, n=4), key(A, B, shape=("tuple", 0, 1))]
    assert len(set(keys)) == len(keys)
    assert key(A, N) == key(A, N, n=3)


def _value(content: str) -> Value:
    file = ValueFile(name="value.json", size=1, sha256=content * 64)
    return Value(format="json", type="builtins.int", size=1, files=(file,), preview="1")
