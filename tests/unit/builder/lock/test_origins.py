from __future__ import annotations

from dataclasses import replace

import pytest

from ops0.core.locked import LockedSource
from ops0_builder.lock.errors import LockDamaged
from ops0_builder.lock.index_notes import IndexMoved, IndexNotes
from ops0_builder.lock.inputs import StepInputs
from ops0_builder.lock.noted import Noted, noted_in
from ops0_builder.lock.origins import USUAL, origin, origin_unless_usual
from ops0_builder.lock.pylock_reading import read_pylock
from ops0_builder.lock.pylock_writing import pylock_text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://X.example/simple", "https://x.example"),
        ("HTTPS://me:secret@x.example:443/TOKEN/simple/?t=1#f", "https://x.example"),
        ("http://x.example:08080", "http://x.example:8080"),
        ("http://[0:0::1]:80/simple", "http://[::1]"),
        ("https://bücher.example/simple", "https://xn--bcher-kva.example"),
        ("file:///home/me/wheels", "local"),
        ("/home/me/wheels", "local"),
        ("http://[::1/simple", ""),
        ("http://x.example:port/simple", ""),
        ("http://x\x1b[31m/simple", ""),
        ("https:///simple", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port_in_one_spelling(address, said):
    assert origin(address) == said


@pytest.mark.parametrize(
    ("address", "usual", "said"),
    [
        (f"{USUAL}/", USUAL, ""),
        ("https://x.example/a/simple", "https://me:pw@X.example/b/../a/simple/", ""),
        ("https://x.example/own/simple", "https://x.example/all/simple", "https://x.example"),
        ("https://x.example/simple", None, ""),
        ("file:///wheels", "../index", ""),
        ("file:///wheels", USUAL, "local"),
    ],
)
def test_the_usual_index_has_none(address, usual, said):
    assert origin_unless_usual(address, usual) == said


def written(made, *distributions, index: str) -> bytes:
    lock = made.step_lock("x", *distributions)
    inputs = StepInputs(step="x", requirements=("aa",), target=made.target)
    return pylock_text(lock, inputs, dict.fromkeys(("aa", "numpy"), index)).encode()


def test_a_note_is_read_back_and_another_form_is_refused(made, tmp_path):
    distributions = made.distribution("aa"), made.built_distribution("numpy")
    text = written(made, *distributions, index="http://x.example:81")
    assert read_pylock(text, "x")[0].distributions == distributions
    (tmp_path / "pylock.x.toml").write_bytes(text)
    found = noted_in(tmp_path, tmp_path, {"pylock.x.toml"})
    assert [(one.name, one.index, one.apart) for one in found] == [
        ("aa", "http://x.example:81", 0),
        ("numpy", "http://x.example:81", 0),
    ]
    assert [one.sha256 for one in found] == [
        distributions[0].wheel.sha256,
        distributions[1].sdist.sha256,
    ]
    for bad in ("http://[x", "https://x.example/simple", "ftp://x", ""):
        with pytest.raises(LockDamaged, match="index"):
            read_pylock(written(made, *distributions, index=bad), "x")


def test_a_damaged_file_says_the_same_of_each_package(made, tmp_path):
    distributions = made.distribution("aa"), made.built_distribution("numpy")
    whole = tmp_path / "pylock.x.toml"
    whole.write_bytes(written(made, *distributions, index="local"))
    found = noted_in(tmp_path, tmp_path, ())
    whole.write_bytes(whole.read_bytes() + b"<<<<<<< HEAD\n")
    assert noted_in(tmp_path, tmp_path, ()) == tuple(replace(one, step="") for one in found)


def test_what_a_requirement_places_itself_has_not_moved(made):
    before = Noted(
        name="aa", filename="aa-1.tar.gz", sha256="0", index="https://x", step="x", apart=0
    )
    notes = IndexNotes(noted=(before,))
    one = made.distribution("aa")
    with pytest.raises(IndexMoved):
        notes.after([made.step_lock("x", one)], {})
    placed = replace(one, source=LockedSource(kind="folder", place="aa", digest="0" * 64))
    assert notes.after([made.step_lock("x", placed)], {}) == {}
