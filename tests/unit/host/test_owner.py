"""Leases: only what is certainly gone may be cleaned up after."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.host import owner
from ops0.host.boots import hold_boot
from ops0.host.owner import (
    OTHERS_SECONDS,
    is_gone,
    is_left,
    owner_labels,
    parse_owner,
    process_start,
    take_lease,
    this_process,
)
from ops0.runtime.engines.clean import orphans
from ops0.runtime.engines.docker_api import Owned

ME = this_process()
EARLIER = "11111111-2222-3333-4444-555555555555"
ELSEWHERE = "99999999-2222-3333-4444-555555555555"
NOW = 1_767_322_800.0


def test_an_owner_survives_its_label() -> None:
    assert parse_owner(str(ME)) == ME
    assert ME.pid == os.getpid()
    assert ME.started > 0


@given(st.text())
def test_other_labels_name_nobody(text: str) -> None:
    found = parse_owner(text)
    assert found is None or str(found).count("/") == 4


@pytest.mark.parametrize("text", ["", "a/b/c", "m/b/s/x/1", "m/b/s/1/-1", "m/b/s/1/2/3"])
def test_half_an_owner_is_none(text: str) -> None:
    assert parse_owner(text) is None


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({}, False),
        ({"started": ME.started + 1}, True),
        ({"pid": 2**22 + 1}, True),
        ({"boot": "earlier"}, False),
        ({"boot": EARLIER}, True),
        ({"boot": EARLIER, "space": "another"}, True),
        ({"boot": ELSEWHERE}, False),
        ({"boot": EARLIER, "machine": "another"}, False),
        ({"space": "another", "pid": 2**22 + 1}, False),
    ],
)
def test_gone_means_certainly_gone(change: dict[str, object], gone: bool) -> None:
    """A boot of which this folder knows nothing may be that of a living machine with the same machine id."""
    hold_boot(EARLIER)
    take_lease()  # that of now: the one before it is held by nobody
    assert is_gone(replace(ME, **change), ME) is gone


def test_a_process_that_proc_hides_is_not_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another user's run was cleaned away where /proc is mounted with hidepid."""
    monkeypatch.setattr(owner, "_PROC", tmp_path)
    assert not is_gone(ME, ME)
    assert not is_gone(replace(ME, pid=1), ME)
    for nobody in (2**22 + 1, 10**30):
        assert is_gone(replace(ME, pid=nobody), ME)


def test_a_process_that_is_not_there_never_started() -> None:
    assert process_start(2**22 + 1) is None


@pytest.mark.parametrize(
    ("stat", "started"),
    [
        ("7 (ops0 (of) x) S " + "0 " * 18 + "1234 0 0", 1234),
        ("7 (ops0) Z " + "0 " * 18 + "1234 0 0", None),  # killed, and nobody has asked how it ended
        ("7 (ops0) X " + "0 " * 18 + "1234 0 0", None),
        ("7 (ops0) S 0 0", None),
        ("", None),
    ],
)
def test_the_remains_of_a_process_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stat: str, started: int | None
) -> None:
    """A kernel keeps a killed notebook's child as long as the notebook lives: its run would be led for ever."""
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text(stat)
    monkeypatch.setattr(owner, "_PROC", tmp_path)
    assert process_start(7) == started


def test_what_other_folders_left_goes_at_once_where_that_is_asked() -> None:
    dead = owner_labels(replace(ME, started=ME.started + 1, state="another folder"))
    assert [is_left(dead, NOW, ME, NOW, others=asked) for asked in (False, True)] == [False, True]
    alive = owner_labels(replace(ME, state="another folder"))
    assert not is_left(alive, NOW, ME, NOW, others=True)
    day = 24 * 3600.0
    assert [is_left(dead, NOW - day + late, ME, NOW) for late in (-60, 60)] == [True, False]


def test_only_things_with_a_gone_owner_are_orphans() -> None:
    def thing(name: str, of: str, state: str = ME.state, created: float = NOW) -> Owned:
        labels = {"ops0.run": "r", "ops0.owner": of, "ops0.state": state}
        return Owned(kind="container", name=name, labels=labels, created=created)

    dead = str(replace(ME, started=ME.started + 1))
    things = (
        thing("dead", dead),
        thing("alive", str(ME)),
        thing("unknown", ""),
        thing("odd", "x/y"),
        thing("another's", dead, "another folder"),
        thing("another's, of yesterday", dead, "another folder", NOW - OTHERS_SECONDS - 1),
        thing("another's, alive", str(ME), "another folder", NOW - OTHERS_SECONDS - 1),
        thing("of an ops0 that did not say", dead, ""),
    )
    assert [found.name for found in orphans(things, ME, NOW)] == ["dead", "another's, of yesterday"]


def test_a_folder_is_told_from_others_by_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    states = []
    for folder in (tmp_path, tmp_path / "link", tmp_path / "other"):
        monkeypatch.setenv("OPS0_STATE_DIR", str(folder))
        states.append(this_process().state)
    assert states[0] == states[1] != states[2]
    assert owner_labels(this_process())["ops0.state"] == states[2]
    assert str(tmp_path) not in "".join(states)
