"""The page of a run: everything is there, nothing that a user chose is HTML, nothing is loaded from anywhere."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.pipeline import CallId
from ops0.runtime.events import Event, encode_event
from ops0.runtime.outputs.previews import Image, Table, Text, write_previews
from ops0.runtime.page.charts import metric_chart, round_up, usage_charts
from ops0.runtime.page.graph import GAP_X, HEIGHT, WIDTH, lay_out
from ops0.runtime.page.logs import read_log
from ops0.runtime.page.page import ImageShown, report_page
from ops0.runtime.page.timeline import bars, ticks
from ops0.runtime.page.words import number_words, size_words, time_words
from ops0.runtime.runs import RunFolder
from ops0.runtime.watching.history import history_of

EVIL = "<img src=x onerror=hack()>\"'--></script><script>hack()</script>{{ 7*7 }}"


def event(
    at: float, kind: Any, call: str | None = None, attempt: int | None = None, /, **data: Any
) -> Event:
    name = CallId(call) if call else None
    return Event(
        seq=1, time="2026-01-02T03:04:05.000+00:00", at=at, kind=kind, call=name, attempt=attempt,
        data=data,
    )  # fmt: skip


def story(evil: str = "", image: str | None = "sha256:aa") -> list[Event]:
    load, train = f"load{evil}", f"train{evil}"
    called = [
        {"call": load, "step": load, "after": [], "image": image, "where": f"a.py:3{evil}",
         "inputs": {f"rows{evil}": {"param": "rows", "default": 3}}},
        {"call": train, "step": train, "after": [load], "image": image, "where": "a.py:9",
         "inputs": {"data": {"call": load, "item": None}, "k": {"value": evil}}},
    ]  # fmt: skip
    failed = {
        "seconds": 1.0, "exit": 10, "kind": "step", "message": f"ValueError: no luck{evil}",
        "where": f"a.py:12{evil}", "hint": f"try{evil}", "traceback": f"line 12{evil}",
    }  # fmt: skip
    done = {"seconds": 1.0, "exit": 0, "manifest": "m", "size": 2_000_000, "warning": evil or None}
    return [
        event(0.0, "run.started", run="r", pipeline=f"flow{evil}", entry=f"a.py{evil}",
              engine="processes", jobs=2, params={f"rows{evil}": evil}, calls=called),
        event(0.1, "attempt.starting", load, 1, what="process", nonce="n"),
        event(0.4, "attempt.ready", load, 1, seconds=0.2),
        event(1.0, "attempt.go", load, 1, parked=0.6, inputs={}),
        event(1.5, "attempt.usage", load, 1, cpu=0.4, memory=50_000_000),
        event(2.0, "attempt.usage", load, 1, cpu=1.4, memory=80_000_000),
        event(2.5, "attempt.used", load, 1, cpu=1.6, peak=90_000_000),
        event(2.5, "attempt.done", load, 1, preview=f"rows{evil}", **done),
        event(2.5, "call.done", load, attempts=1, seconds=1.5),
        event(2.5, "attempt.starting", train, 1, what="process", nonce="n"),
        event(2.5, "attempt.go", train, 1, parked=0.0, inputs={load: 1}),
        event(3.0, "attempt.ready", train, 1, seconds=0.2),
        event(3.5, "attempt.failed", train, 1, retry_in=1.0, **failed),
        event(4.5, "attempt.starting", train, 2, what="process", nonce="n"),
        event(4.6, "attempt.go", train, 2, parked=0.0, inputs={load: 1}),
        event(5.0, "attempt.failed", train, 2, retry_in=None, **failed),
        event(5.0, "call.failed", train, attempts=2, kind="step"),
        event(5.1, "alert.failed", to=f"slack{evil}", message=evil, hint=None),
        event(5.2, "run.ended", state="failed", seconds=5.2),
    ]  # fmt: skip


def write(folder: Path, events: list[Event]) -> RunFolder:
    run = RunFolder(folder / "20260102-030405-a1b2c3")
    run.logs.mkdir(parents=True)
    run.events.write_bytes(b"".join(encode_event(one) for one in events))
    return run


class Reader(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_what_happened_is_on_the_page(tmp_path: Path) -> None:
    run = write(tmp_path, story())
    run.log(CallId("load"), 1).write_text("reading 3 rows\n")
    table = Table(columns=("id",), types=("int64",), rows=(("17",),), total=900, wide=1)
    write_previews(run.preview(CallId("load"), 1), (table, Text(text="a text", whole=False)))
    images = {
        "sha256:aa": ImageShown(reference="sha256:aa", size=30, layers=((10, "base"), (20, "x")))
    }
    text = read(report_page(run, images)).text
    for wanted in (
        "reading 3 rows", "1 of 900 rows", "a text", "ValueError: no luck", "line 12", "a.py:12",
        "again after 1.0 s", "2.0 MB", "90.0 MB", "1 of 2", "load, train", "failed",
    ):  # fmt: skip
        assert wanted in text, wanted


def test_a_wide_graph_is_drawn_smaller_before_it_is_cut(tmp_path: Path) -> None:
    # Seven columns were wider than the page, and the last steps of a pipeline out of sight.
    html = report_page(write(tmp_path, story()), {})
    drawn = re.search(r'class="graph" style="min-width: (\d+)px" width="([\d.]+)"', html)
    assert drawn is not None
    assert int(drawn[1]) < float(drawn[2])


def test_a_failure_says_what_to_do_with_the_command(tmp_path: Path) -> None:
    begun, *rest = story()
    rerun = "ops0 run a.py --param k=3"
    told = event(0.0, "run.started", **{**begun.data, "rerun": rerun, "isolated": True})
    text = read(report_page(write(tmp_path, [told, *rest]), {})).text
    # In the box of failures and at the last attempt; after the first another one followed.
    assert text.count(f"try, then continue: {rerun} --resume") == 2
    assert "isolated processes" in text
    assert "exit code" not in text


def test_only_an_exit_code_that_was_not_the_runners_is_shown(tmp_path: Path) -> None:
    crashed = [
        event(one.at, one.kind, one.call, one.attempt, **{**one.data, "kind": "crash", "exit": 137})
        if one.kind == "attempt.failed"
        else one
        for one in story()
    ]
    assert "exit code 137" in read(report_page(write(tmp_path, crashed), {})).text


def test_beside_a_bar_stands_how_long_it_worked(tmp_path: Path) -> None:
    page = report_page(write(tmp_path, story()), {})
    took = re.findall(r'<span class="took">(.*?)</span>', page)
    # load: from its inputs to its end;  train: 3.0 to 3.5, and 5.0 to 5.0 for an attempt that never told it was ready
    assert took == ["working", "1.5 s", "500 ms"]


def test_nothing_that_a_step_or_a_user_chose_is_html(tmp_path: Path) -> None:
    run = write(tmp_path, story(EVIL, image=f"sha256:{EVIL}"))
    # No file can be named after such a call; the rest of what a step makes is put in by hand.
    plain = write(tmp_path / "plain", story())
    evil = (EVIL,)
    table = Table(columns=evil, types=evil, rows=(evil,), total=1, wide=1)
    write_previews(plain.preview(CallId("load"), 1), (table, Text(text=EVIL, whole=True)))
    plain.log(CallId("load"), 1).write_text(EVIL)
    layers = {"sha256:aa": ImageShown(reference=EVIL, size=1, layers=((1, EVIL),))}
    for page in (report_page(run, {}), report_page(plain, layers)):
        reader = read(page)
        assert "49" not in re.findall(r"hack\(\)</script>(..)", page)
        assert sum(tag == "script" for tag, _ in reader.elements) == 1
        assert not any(tag == "img" for tag, _ in reader.elements)
        assert not any(name.startswith("on") for _, attrs in reader.elements for name in attrs)
        assert EVIL in reader.text


def test_nothing_is_loaded_from_anywhere(tmp_path: Path) -> None:
    run = write(tmp_path, story())
    write_previews(run.preview(CallId("load"), 1), (Image(media="image/png", data="aGk="),))
    page = report_page(run, {})
    for tag, attrs in read(page).elements:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form"), tag
        assert all(str(attrs.get(name, "#")).startswith(("#", "data:image/"))
                   for name in ("href", "src", "action", "srcset")), attrs  # fmt: skip
    assert "url(" not in page
    assert "@import" not in page
    policy = next(a["content"] for t, a in read(page).elements if a.get("http-equiv"))
    assert str(policy).startswith("default-src 'none'; img-src data:;")


def test_a_run_that_goes_on_and_one_that_was_killed_have_a_page(tmp_path: Path) -> None:
    run = write(tmp_path, story()[:6])
    assert "killed" in read(report_page(run, {})).text
    begun = write(tmp_path / "begun", story()[:1])
    assert "0 of 2" in read(report_page(begun, {})).text


def test_a_log_is_shown_whole_or_by_its_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.1.log"
    assert read_log(path, 1) is None
    path.write_text("")
    assert read_log(path, 1) is None
    path.write_text("one\x1b[31m\n")
    shown = read_log(path, 1)
    assert shown is not None
    assert (shown.head, shown.left_out) == ("one", "")
    path.write_text("first\n" + "x" * 10**6 + "\nlast")
    shown = read_log(path, 1000)
    assert shown is not None
    assert shown.head.startswith("first")
    assert shown.tail.endswith("last")
    assert shown.left_out == "983 KB"


def test_the_timeline_tells_starting_waiting_working_and_pausing() -> None:
    calls = history_of(story()).calls
    kinds = {name: [one.kind for one in bars(call, 5.2)] for name, call in calls.items()}
    assert kinds["load"] == ["start", "wait", "work"]
    assert kinds["train"] == ["start", "failed", "pause", "start", "failed"]
    for call in calls.values():
        found = bars(call, 5.2)
        for one, following in itertools.pairwise(found):
            assert one.left + one.width == pytest.approx(following.left, abs=0.01)


def test_a_curve_tells_processors_and_memory() -> None:
    processors, memory = usage_charts(history_of(story()).calls[CallId("load")].attempts[0], 9.0)
    assert [tip for *_, tip in processors.points] == [
        "0.40 at 0.0 ms", "0.40 at 500 ms", "2.00 at 1.0 s", "0.40 at 1.5 s",
    ]  # fmt: skip
    assert (memory.peak, memory.top) == ("80.0 MB", "80.0 MB")


@given(st.data(), st.integers(1, 40))
def test_every_graph_has_a_place_for_everything(data: st.DataObject, count: int) -> None:
    after = {
        str(n): sorted(data.draw(st.sets(st.integers(0, n - 1), max_size=4)) if n else (), key=int)
        for n in range(count)
    }
    graph = {name: [str(one) for one in sources] for name, sources in after.items()}
    picture = lay_out(graph)
    place = {one.name: (one.x, one.y) for one in picture.nodes}
    assert len(set(place.values())) == count
    for edge in picture.edges:
        assert place[edge.start][0] + WIDTH + GAP_X <= place[edge.end][0] + 0.01
    for x, y in place.values():
        assert x + WIDTH <= picture.width + 0.01
        assert y + HEIGHT <= picture.height + 0.01


def test_a_graph_without_crossings_has_none() -> None:
    picture = lay_out({"a": [], "b": [], "c": ["b"], "d": ["a"]})
    y = {one.name: one.y for one in picture.nodes}
    assert (y["a"] < y["b"]) == (y["d"] < y["c"])


@given(st.floats(1e-6, 1e12))
def test_an_axis_reaches_over_its_values(value: float) -> None:
    assert value * 0.99999 <= round_up(value) <= value * 2


@given(st.floats(0.001, 1e6))
def test_an_axis_has_a_few_marks(length: float) -> None:
    assert 2 <= len(ticks(length)) <= 14


def test_numbers_read_well() -> None:
    words = [time_words(x) for x in (0.0006, 0.42, 3.21, 125, 11220)]
    assert words == ["0.6 ms", "420 ms", "3.2 s", "2 min 05 s", "3 h 07 min"]
    sizes = [size_words(x) for x in (0, 999, 1234, 123_456, 999_999, 5_500_000_000)]
    assert sizes == ["0 B", "999 B", "1.2 KB", "123 KB", "1.0 MB", "5.5 GB"]
    assert metric_chart("loss", [(1, 0.5)]).peak == "0.5"
    assert [number_words(float(x)) for x in ("nan", "inf", "7", "-1e20")] == [
        "nan", "inf", "7", "-1e+20",
    ]  # fmt: skip
    falling = metric_chart("size", [(0, 1_203_456.0), (1, 12.25)])
    assert (falling.top, falling.bottom) == ("1,203,456", "12.25")


def test_many_calls_of_one_step_are_one_box(tmp_path: Path) -> None:
    trains = [f"train-{number}" for number in range(12)]
    after = {"load": [], **{name: ["load"] for name in trains}, "best": trains}
    called = [
        {"call": name, "step": name.partition("-")[0], "after": before, "image": None}
        for name, before in after.items()
    ]
    told = {"run": "r", "pipeline": "p", "entry": "e", "engine": "processes", "jobs": 2}
    events = [
        event(0.0, "run.started", calls=called, params={}, **told),
        event(1.0, "call.failed", "train-3", attempts=1, kind="step"),
    ]
    text = read(report_page(write(tmp_path, events), {})).text
    assert "train × 12" in text  # noqa: RUF001
    assert "1 failed, 11 waiting" in text


def test_a_resumed_run_tells_what_it_had_done_itself(tmp_path: Path) -> None:
    begun, *rest = story()
    restored = {"because": "it was done before", "size": 5_000, "preview": "[1, 2]"}
    events = [
        begun,
        *rest,
        event(5.3, "run.resumed", **begun.data),
        event(5.3, "call.restored", "load", **restored),
        event(5.3, "call.done", "load", attempts=1, seconds=0.0),
        event(5.4, "attempt.starting", "train", 3, what="process", nonce="n"),
        event(5.5, "attempt.go", "train", 3, parked=0.0, inputs={"load": 1}),
    ]
    text = read(report_page(write(tmp_path, events), {})).text
    assert re.search(r"retries\s*2\s*attempts beyond the first", text)
    assert re.search(r"load\W*done\W*time\W*1.5 s", text)
    assert "cached result" not in text


def test_a_call_that_was_not_run_shows_what_was_kept(tmp_path: Path) -> None:
    restored = {"because": "kept 3 s ago by run x", "size": 5_000, "preview": "[1, 2]"}
    events = [
        *story()[:1],
        event(0.5, "call.restored", "load", **restored),
        event(0.5, "call.done", "load", attempts=0, seconds=0.0),
    ]
    text = read(report_page(write(tmp_path, events), {})).text
    for wanted in ("kept 3 s ago by run x", "cached result", "[1, 2]", "5.0 KB"):
        assert wanted in text, wanted
