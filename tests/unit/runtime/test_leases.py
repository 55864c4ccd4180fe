"""Who may go on with a run, and what of a killed one stays for whom."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops0.host.owner import Owner, this_process
from ops0.runtime.errors import NoRun
from ops0.runtime.events import EventLog
from ops0.runtime.resuming.leases import (
    CannotResume,
    Identity,
    aged_values,
    check_engine,
    find_resumable,
    kept_values,
    params_before,
    spared,
    taken_over,
)
from ops0.runtime.runs import RunFolder, RunId, run_folder

MINE = Identity(project="/p", entry="flow.py", pipeline="flow")
OTHERS = replace(MINE, pipeline="other")
HERE = this_process()
GONE = replace(HERE, started=HERE.started + 1)
DAY = 24 * 3600.0


def a_run(
    number: int,
    state: str | None = None,
    owner: Owner | None = GONE,
    of: Identity = MINE,
    **params: Any,
) -> RunFolder:
    """One of a pipeline. ``state``: None: it was broken off."""
    folder = run_folder(RunId(f"20260102-03040{number}-abcdef"))
    log = EventLog(folder.events)
    told = {"project": of.project, "entry": of.entry, "pipeline": of.pipeline}
    log.add(
        "run.started", run=folder.path.name, engine="containers", params=params, calls=[], **told
    )
    if state is not None:
        log.add("run.ended", state=state, seconds=1.0)
    log.close()
    if owner is not None:
        folder.owner.write_text(f"{owner}\n")
    return folder


def name(folder: RunFolder) -> RunId:
    return RunId(folder.path.name)


def age(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_it_is_the_newest_of_the_pipeline() -> None:
    a_run(1, "failed")
    newest = a_run(2, "failed")
    a_run(3, "failed", of=OTHERS)
    a_run(4, "failed", of=replace(MINE, project="/elsewhere"))
    run_folder(RunId("20260102-030405-abcdef")).path.mkdir()  # of which nothing is there yet
    folder, past = find_resumable(MINE, None)
    assert (folder, past.run) == (newest, name(newest))


def test_however_many_runs_of_others_came_later_it_is_found() -> None:
    mine = a_run(0, "failed", n=1)
    for number in range(1_001):
        run_folder(RunId(f"20260102-04{number:04}-abcdef")).path.mkdir()
    assert find_resumable(MINE, None)[0] == mine
    assert params_before("/p", "flow.py", None) == {"n": 1}


def test_there_is_none() -> None:
    a_run(1, "failed", of=OTHERS)
    with pytest.raises(NoRun, match=r"no run of flow \(flow.py\) is kept here"):
        find_resumable(MINE, None)


def test_it_is_asked_for_by_name_but_of_another_pipeline() -> None:
    other = a_run(1, "failed", of=OTHERS)
    with pytest.raises(CannotResume, match=r"is of other \(flow.py\), not of flow \(flow.py\)"):
        find_resumable(MINE, name(other))
    elsewhere = a_run(2, "failed", of=replace(MINE, project="/elsewhere"))
    with pytest.raises(CannotResume, match=r"is of flow \(flow.py\) in /elsewhere, not of"):
        find_resumable(MINE, name(elsewhere))


@pytest.mark.parametrize("asked", [True, False])
def test_one_that_is_done_has_nothing_to_go_on_with(asked: bool) -> None:
    done = a_run(1, "done")
    with pytest.raises(CannotResume, match=f"{name(done)}, is done") as told:
        find_resumable(MINE, name(done) if asked else None)
    assert ("newest" in str(told.value)) != asked
    with pytest.raises(CannotResume, match="is done"), taken_over(done, name(done)):
        pass


def test_nobody_takes_one_from_who_leads_it() -> None:
    led = a_run(1, owner=HERE)
    with pytest.raises(CannotResume, match=f"is still led by process {HERE.pid}"):
        find_resumable(MINE, None)
    with pytest.raises(CannotResume, match="is still led by"), taken_over(led, name(led)):
        pass
    a_run(2, "failed", owner=HERE)  # it has ended, though its process has not: a notebook's
    assert find_resumable(MINE, None)[1].state == "failed"


def test_one_of_a_boot_that_nobody_noted_names_the_way_out() -> None:
    led = a_run(1, owner=replace(HERE, boot="0" * 8 + "-0000-0000-0000-" + "0" * 12))
    with pytest.raises(CannotResume, match="before it was started anew") as told:
        find_resumable(MINE, name(led))
    assert f"remove {led.owner}" in told.value.hint
    led.owner.unlink()
    assert find_resumable(MINE, name(led))[0] == led


@pytest.mark.parametrize("state", [None, "failed", "cancelled"])
def test_who_takes_one_over_is_seen_to_lead_it(state: str | None) -> None:
    left = a_run(1, state)
    with taken_over(left, name(left)) as past:
        assert past.state == state
        assert left.owner.read_text() == f"{this_process()}\n"
    assert find_resumable(MINE, None)[0] == left if state else True


def test_it_goes_on_where_it_went() -> None:
    past = find_resumable(MINE, name(a_run(1, "failed")))[1]
    check_engine(past, "containers")
    with pytest.raises(CannotResume, match="ran as containers, not as processes") as told:
        check_engine(past, "processes")
    assert told.value.hint == "resume it with --containers"


def test_of_a_killed_run_stays_what_may_still_be_gone_on_with() -> None:
    own, mine, others, old = a_run(1), a_run(2), a_run(3, of=OTHERS), a_run(4, of=OTHERS)
    age(others.events, DAY - 60)
    age(old.events, DAY + 60)
    unknown = RunId("20260102-030405-abcdef")
    runs = (name(own), name(mine), name(others), name(old), unknown)
    kept = [spared(run, name(own), MINE) for run in runs]
    assert kept == ["all", "nothing", "values", "nothing", "nothing"]


def test_what_was_put_aside_goes_after_a_day_unless_somebody_goes_on() -> None:
    young, old, led = a_run(1), a_run(2, "failed"), a_run(3, owner=HERE)
    for folder in (young, old, led):
        folder.values.mkdir()
        folder.all_models.mkdir()
        age(folder.all_models, DAY - 60)
    for folder in (old, led):
        age(folder.values, DAY + 60)
    assert list(aged_values(time.time())) == [old.values]


def test_values_of_a_pipeline_are_found_by_whose_they_are() -> None:
    mine, _, others = a_run(1), a_run(2), a_run(3, of=OTHERS)
    for folder in (mine, others):
        folder.values.mkdir()
    assert list(kept_values(MINE)) == [mine]


def test_what_a_run_was_given_is_known_before_its_pipeline_is() -> None:
    assert params_before("/p", "flow.py", None) == {}
    first = a_run(1, "failed", n=1)
    a_run(2, "failed", n=2)
    a_run(3, "failed", of=replace(MINE, entry="other.py"), n=3)
    run_folder(RunId("20260102-030405-abcdef")).path.mkdir()
    assert params_before("/p", "flow.py", None) == {"n": 2}
    assert params_before("/p", "flow.py", name(first)) == {"n": 1}
    assert params_before("/p", "other.py", name(first)) == {}
