from __future__ import annotations

import base64
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.engine.rawjson import Instruction, InstructionBytes, InstructionLog, RawJson

STAGES = {"package-numpy-1": ("load", "train"), "runner-2": ("load", "train")}
TARGETS = {"load": "load", "train-model": "train"}


def vertex(name: str, **facts: Any) -> str:
    return json.dumps({"vertexes": [{"digest": f"sha256:{name}", "name": name, **facts}]})


def read(line: str, targets: dict[str, str] | None = None) -> list[Any]:
    return list(RawJson(STAGES, targets or TARGETS).read(line))


def test_a_shared_stage_is_every_owners() -> None:
    name = "[train-model package-numpy-1 2/2] RUN --network=none install"
    times = {"started": "2026-11-23T00:00:01.5Z", "completed": "2026-11-23T00:00:03.123456789Z"}
    assert read(vertex(name, **times)) == [
        Instruction(
            id=f"sha256:{name}",
            steps=("load", "train"),
            stage="package-numpy-1",
            text="RUN --network=none install",
            state="done",
            seconds=1.623456,
        )
    ]


def test_a_targets_own_instructions_are_its_steps() -> None:
    (event,) = read(
        vertex("[train-model image 3/9] COPY --link files/ /", started="x", cached=True)
    )
    assert (event.steps, event.stage, event.state) == (("train",), "image", "cached")
    (event,) = read(vertex("[train-model internal] load build definition", started="x"))
    assert (event.steps, event.stage, event.text) == (("train",), "", "load build definition")


def test_one_target_alone_is_not_named_by_buildkit() -> None:
    one = {"load": "load"}
    (event,) = read(vertex("[image 3/9] COPY x", started="x"), one)
    assert (event.steps, event.stage, event.text) == (("load",), "image", "COPY x")
    (event,) = read(vertex("[package-numpy-1 2/2] RUN x", started="x"), one)
    assert event.steps == ("load", "train")
    (event,) = read(vertex("exporting to image", started="x"), one)
    assert (event.steps, event.text) == ((), "exporting to image")


def test_logs_and_bytes() -> None:
    data = base64.b64encode("zwölf\n".encode()).decode()
    assert read(json.dumps({"logs": [{"vertex": "v", "data": data}]})) == [
        InstructionLog(id="v", text="zwölf\n")
    ]
    line = {"statuses": [{"vertex": "v", "id": "layer", "current": 5, "total": 9}, {"id": "none"}]}
    assert read(json.dumps(line)) == [InstructionBytes(id="v", what="layer", current=5, total=9)]


def test_the_failure_is_the_one_that_spoke_and_not_those_it_stopped() -> None:
    reader = RawJson(STAGES, TARGETS)
    for name, error in (("a", "context canceled"), ("b", "exit code: 1"), ("c", "also")):
        list(reader.read(vertex(name, started="x", error=error)))
    lines = "".join(f"line {number}\n" for number in range(100))
    data = base64.b64encode(lines.encode()).decode()
    list(reader.read(json.dumps({"logs": [{"vertex": "sha256:b", "data": data}]})))
    assert reader.failed is not None
    assert reader.failed.fact == "exit code: 1"
    assert reader.log_of(reader.failed).splitlines()[-1] == "line 99"
    assert len(reader.log_of(reader.failed).splitlines()) == 40
    assert [one.text for one in reader.failures] == ["b", "c"]


def test_a_state_is_told_once() -> None:
    reader = RawJson(STAGES, TARGETS)
    line = vertex("[load image 1/2] COPY x", started="x")
    assert len(list(reader.read(line))) == 1
    assert list(reader.read(line)) == []


def test_what_is_no_status_is_kept() -> None:
    reader = RawJson(STAGES, TARGETS)
    for line in ("ERROR: no such builder", "", "[]", "7"):
        assert list(reader.read(line)) == []
    assert list(reader.other) == ["ERROR: no such builder", "[]", "7"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "vertexes",
        "statuses",
        "logs",
        "name",
        "digest",
        "started",
        "completed",
        "error",
        "data",
        "current",
    ]
)


@given(status=st.dictionaries(KEYS, JSON | st.lists(st.dictionaries(KEYS, JSON), max_size=3)))
def test_no_line_stops_the_reader(status: dict[str, Any]) -> None:
    read(json.dumps(status))


@given(line=st.text())
def test_no_text_stops_the_reader(line: str) -> None:
    read(line)


def test_a_cache_that_gives_nothing_is_no_failure() -> None:
    reader = RawJson(STAGES, TARGETS)
    (event,) = reader.read(vertex("importing cache manifest from h:1/a:load", error="not found"))
    assert (event.state, event.fact) == ("missed", "not found")
    assert reader.failed is None
