"""Leases: only what is certainly gone may be cleaned up after."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.host.owner import is_gone, parse_owner, process_start, this_process
from ops0.runtime.clean import orphans
from ops0.runtime.docker_api import Owned

ME = this_process()


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
    def thing(name: str, owner: str) -> Owned:
        return Owned(kind="container", name=name, labels={"ops0.run": "r", "ops0.owner": owner})

    dead = str(replace(ME, started=ME.started + 1))
    things = (
        thing("dead", dead),
        thing("alive", str(ME)),
        thing("unknown", ""),
        thing("odd", "x/y"),
    )
    assert [found.name for found in orphans(things, ME)] == ["dead"]
