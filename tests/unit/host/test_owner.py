"""Leases: only what is certainly gone may be cleaned up after."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.host.owner import (
    OTHERS_SECONDS,
    is_gone,
    owner_labels,
    parse_owner,
    process_start,
    this_process,
)
from ops0.runtime.engines.clean import orphans
from ops0.runtime.engines.docker_api import Owned

ME = this_process()
NOW = 1_767_322_800.0


def test_an_owner_survives_its_label() -> None:
    assert parse_owner(str(ME)) == ME
    assert ME.pid == os.getpid()
    assert ME.started > 0


@given(st.text())
def test_other_labels_name_nobody(text: str) -> None:
    owner = parse_owner(text)
    assert owner is None or str(owner).count("/") == 4


@pytest.mark.parametrize("text", ["", "a/b/c", "m/b/s/x/1", "m/b/s/1/-1", "m/b/s/1/2/3"])
def test_half_an_owner_is_none(text: str) -> None:
    assert parse_owner(text) is None


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({}, False),
        ({"started": ME.started + 1}, True),
        ({"pid": 2**22 + 1}, True),
        ({"boot": "earlier"}, True),
        ({"space": "another", "pid": 2**22 + 1}, False),
        ({"machine": "another", "boot": "earlier"}, False),
    ],
)
def test_gone_means_certainly_gone(change: dict[str, object], gone: bool) -> None:
    assert is_gone(replace(ME, **change), ME) is gone


def test_a_process_that_is_not_there_never_started() -> None:
    assert process_start(2**22 + 1) is None


def test_only_things_with_a_gone_owner_are_orphans() -> None:
    def thing(name: str, owner: str, state: str = ME.state, created: float = NOW) -> Owned:
        labels = {"ops0.run": "r", "ops0.owner": owner, "ops0.state": state}
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
