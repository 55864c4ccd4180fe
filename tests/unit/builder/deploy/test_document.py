"""Records come back as they were written, and nothing else comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.deploy.document import read_record, write_record
from ops0_builder.deploy.values import Deployed
from ops0_builder.documents import BadDocument

from .conftest import deployed


def test_a_record_comes_back_as_it_was_written() -> None:
    one = deployed()
    assert read_record(write_record(one)) == one
    assert write_record(read_record(write_record(one))) == write_record(one)


def test_a_local_reference_is_a_tag() -> None:
    one = deployed()
    local = replace(one.images[0], reference="ops0/flow/load:0123456789abcdef")
    whole = replace(one, images=(local, one.images[1]))
    assert read_record(write_record(whole)) == whole


def test_an_index_has_the_keys_of_its_platforms() -> None:
    one = deployed()
    several = replace(one.images[0], key=f"{'a' * 64},{'b' * 64}")
    whole = replace(one, images=(several, one.images[1]))
    assert read_record(write_record(whole)) == whole
    assert several.keys == ("a" * 64, "b" * 64)
    assert one.images[1].keys == (one.images[1].key,)


def images_with(one: Deployed, **more: str) -> Deployed:
    return replace(one, images=(replace(one.images[0], **more), one.images[1]))


@pytest.mark.parametrize(
    "bad",
    [
        replace(deployed(), environment="Test"),
        replace(deployed(), environment="../up"),
        replace(deployed(), version=0),
        replace(deployed(), images=deployed().images[:1]),
        replace(deployed(), images=(*deployed().images, deployed().images[0])),
        images_with(deployed(), digest="sha256:1"),
        images_with(deployed(), key="0"),
        images_with(deployed(), key=f"{'a' * 64},"),
        images_with(deployed(), reference="registry.example:5000/team/flow:tag"),
        images_with(deployed(), reference=f"registry.example:5000/f@sha256:{'b' * 64}"),
        images_with(deployed(), reference="someone/else:latest"),
        replace(deployed(), pipeline=replace(deployed().pipeline, name="../../etc")),
        replace(deployed(), pipeline=replace(deployed().pipeline, results=())),
        replace(deployed(), params={1: 2}),
        replace(deployed(), version="1"),
        replace(deployed(), revision=None),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(bad: Any) -> None:
    try:
        data = write_record(bad)
    except TypeError:
        return  # not even written
    with pytest.raises(BadDocument):
        read_record(data)


@given(st.data())
def test_a_changed_record_is_refused_or_a_deployment(data: st.DataObject) -> None:
    rows = json.loads(write_record(deployed()))
    row = data.draw(st.sampled_from(rows["rows"]))
    at = data.draw(st.integers(0, len(row) - 1))
    row[at] = data.draw(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just([]) | st.just({})
    )
    try:
        found = read_record(json.dumps(rows).encode())
    except BadDocument:
        return
    assert read_record(write_record(found)) == found


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"format":2,"rows":[]}', b"\xff", b"[" * 9999]
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(BadDocument):
        read_record(data)
