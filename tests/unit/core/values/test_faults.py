"""What cannot be stored, and files that are not what was written."""

from __future__ import annotations

import copy
import io
import json
import os
import random
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops0.core.values.custom import register_serializer
from ops0.core.values.faults import InputFault, IterationFault, ValueFault
from ops0.core.values.manifest import read_manifest, write_manifest
from ops0.core.values.preview import LIMIT, preview
from ops0.core.values.store import load_value, save_value
from ops0.core.values.writer import FileWriter


class Holder:
    def __init__(self, inner: Any) -> None:
        self.inner = inner


class Refuses:
    def __reduce__(self) -> Any:
        raise KeyError("no")


@pytest.mark.parametrize(
    ("make", "part", "kind"),
    [
        (threading.Lock, "result", "_thread.lock"),
        (lambda: {"ok": 1, "lock": threading.Lock()}, 'result["lock"]', "_thread.lock"),
        (
            lambda: [1, [2, {"deep": (3, threading.Lock())}]],
            'result[1][1]["deep"][1]',
            "_thread.lock",
        ),
        (lambda: Holder([threading.Lock()]), "result.inner[0]", "_thread.lock"),
        (lambda: (1, {"lock": threading.Lock()}), 'result[1]["lock"]', "_thread.lock"),
        (lambda: {"file": io.TextIOWrapper(io.BytesIO())}, 'result["file"]', "_io.TextIOWrapper"),
        (lambda: [(at for at in range(2))], "result[0]", "builtins.generator"),
        (
            lambda: pd.DataFrame({"a": ["x", "y"], "b": [1, threading.Lock()]}),
            "result['b'].iloc[1]",
            "_thread.lock",
        ),
        (Refuses, "result", "Refuses"),
        (lambda: iter([1, threading.Lock()]), "result, item 1", "_thread.lock"),
        (lambda: iter([{"a": threading.Lock()}]), 'result, item 0["a"]', "_thread.lock"),
    ],
)
def test_the_part_that_cannot_be_stored_is_named(
    make: Callable[[], Any], part: str, kind: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueFault) as caught:
        save_value(make(), str(tmp_path))
    assert caught.value.part == part.replace('"', "'")
    assert caught.value.type_name.endswith(kind)
    assert str(caught.value).startswith(
        f"{caught.value.part}: {caught.value.type_name} cannot be stored: "
    )
    assert caught.value.hint
    assert list(tmp_path.glob("**/*.pickle")) == []


def test_an_open_socket_gets_a_hint(tmp_path: Path) -> None:
    with socket.socket() as one, pytest.raises(ValueFault) as caught:
        save_value({"connection": one}, str(tmp_path))
    assert caught.value.hint == "return its data or a path, not the open thing"


def test_what_an_iterator_raises_is_the_steps_own(tmp_path: Path) -> None:
    fault = ZeroDivisionError("here")

    def rows() -> Iterator[int]:
        yield 1
        raise fault

    with pytest.raises(IterationFault) as caught:
        save_value(rows(), str(tmp_path))
    assert caught.value.cause is fault
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("leads", ["out", "nowhere", "pipe"])
def test_folders_hold_files_only(leads: str, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (tmp_path / "secret").write_text("s")
    if leads == "pipe":
        os.mkfifo(made / "it")
    else:
        (made / "it").symlink_to(tmp_path / "secret" if leads == "out" else "nothing")
    with pytest.raises(ValueFault, match="made/it is neither a file nor a link"):
        save_value(made, str(tmp_path / "out"))


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(ValueFault, match="No space left on device") as caught:
        save_value({"a": 1}, str(tmp_path))
    assert caught.value.hint == "free some space: ops0 gc"
    assert list(tmp_path.iterdir()) == []


EVERY: dict[str, Callable[[Path], Any]] = {
    "json": lambda _: {"a": [1, 2.5, "x"]},
    "bytes": lambda _: b"some bytes" * 20,
    "npy": lambda _: np.arange(100.0),
    "arrow": lambda _: pa.table({"a": [1, 2, 3]}),
    "pickle": lambda _: {"set": {1, 2}, "big": np.arange(2000)},
    "stream": lambda _: iter([1, "a", {2}]),
    "file": lambda folder: _made(folder / "one.txt"),
    "folder": lambda folder: _made(folder / "dir" / "one.txt").parent,
    "tuple": lambda _: ([1], {2}),
}


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"text " * 50)
    return path


def _files(saved: Any) -> list[str]:
    inner = [name for item in saved["items"] or () for name in _files(item)]
    return [entry["name"] for entry in saved["files"]] + inner


@pytest.mark.parametrize("name", EVERY)
def test_a_changed_byte_is_always_refused(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    saved = save_value(EVERY[name](tmp_path), str(out))
    assert saved["format"] == name
    drawn = random.Random(7)
    for file in _files(saved):
        path = out / file
        path.chmod(0o644)
        good = path.read_bytes()
        places = {0, len(good) - 1, *drawn.sample(range(len(good)), min(20, len(good)))}
        wrong = [
            good[:at] + bytes([good[at] ^ 1 << drawn.randrange(8)]) + good[at + 1 :]
            for at in places
        ]
        for bad in (*wrong, good[:-1], good + b"\0", b""):
            path.write_bytes(bad)
            with pytest.raises(InputFault):
                load_value(saved, str(out))
        path.unlink()
        with pytest.raises(InputFault):
            load_value(saved, str(out))
        path.symlink_to(os.devnull)
        with pytest.raises(InputFault):
            load_value(saved, str(out))
        path.unlink()
        os.mkfifo(path)
        with pytest.raises(InputFault):
            load_value(saved, str(out))
        path.unlink()
        path.write_bytes(good)
    load_value(saved, str(out))


def test_a_file_that_a_step_changed_in_place_is_told_as_that(tmp_path: Path) -> None:
    """In processes nothing keeps a step from it; to run again, as the hint was, gives the same."""
    made = tmp_path / "made.txt"
    made.write_text("hello")
    saved = save_value(made, str(tmp_path / "out"))
    given_path = load_value(saved, str(tmp_path / "out"))
    for spoil in (lambda: given_path.write_text("changed"), given_path.unlink):
        spoil()
        with pytest.raises(InputFault, match=r"made\.txt") as caught:
            load_value(saved, str(tmp_path / "out"))
        assert "work on a copy" in str(caught.value.hint)


def test_what_a_step_may_not_read_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told as a result that cannot be written. Root may read any file, so one is made up."""
    made = tmp_path / "made.txt"
    made.write_text("hello")
    really = os.open

    def refusing(path: Any, flags: int, *more: Any) -> int:
        if path == str(made):
            raise PermissionError(13, "Permission denied", path)
        return really(path, flags, *more)

    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(ValueFault, match=r"made\.txt: Permission denied") as caught:
        save_value(made, str(tmp_path / "out"))
    assert "may read" in str(caught.value.hint)


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=5)
    | st.sampled_from(["json", "pickle", "tuple"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["format", "files", "items", "name", "size", "sha256", "folders"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=junk, item=st.none() | st.integers(-2, 3))
def test_a_hostile_value_only_ever_raises_input_fault(
    value: Any, item: int | None, tmp_path: Path
) -> None:
    try:
        found = load_value(value, str(tmp_path), item)
    except InputFault:
        return
    assert is_empty(found)  # a tuple of nothing needs no file


def is_empty(value: Any) -> bool:
    return isinstance(value, tuple) and all(is_empty(one) for one in value)


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "a/../../x", "", ".", "a//b", "a\0b", None, 3]
)
def test_a_name_that_leads_out_is_refused(name: Any, tmp_path: Path) -> None:
    saved = save_value([1], str(tmp_path))
    wrong = copy.deepcopy(saved)
    wrong["files"][0]["name"] = name
    with pytest.raises(InputFault):
        load_value(wrong, str(tmp_path))


def test_a_value_is_on_the_disk_before_its_manifest(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r"manifest\.json"):
        read_manifest(str(tmp_path))
    write_manifest(str(tmp_path), {"v": 1, "nonce": "aa"})
    assert read_manifest(str(tmp_path), "aa") == {"v": 1, "nonce": "aa"}
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    with pytest.raises(InputFault, match="another attempt"):
        read_manifest(str(tmp_path), "bb")
    with pytest.raises(InputFault, match="not the bytes"):
        read_manifest(str(tmp_path), "aa", "0" * 64)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"v": 2}', b"\xff", b"[" * 10**6, b'{"v": true}{']
)
def test_what_is_no_manifest(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(InputFault):
        read_manifest(str(tmp_path))


def test_a_block_that_raises_leaves_no_file(tmp_path: Path) -> None:
    def write() -> None:
        with FileWriter(str(tmp_path), "a") as file:
            file.write(b"x" * 200_000)
            raise KeyError

    with pytest.raises(KeyError):
        write()
    assert list(tmp_path.iterdir()) == []


class Celsius:
    def __init__(self, degrees: int) -> None:
        self.degrees = degrees


class Warm(Celsius):
    pass


class AsText:
    def serialize(self, value: Celsius) -> bytes:
        return str(value.degrees).encode()

    def deserialize(self, data: bytes) -> Celsius:
        return Celsius(int(data))


def test_a_serializer_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops0.core.values.custom._serializers", {})
    register_serializer(Celsius, AsText())
    saved = save_value((Celsius(20), Warm(30)), str(tmp_path))
    assert [item["format"] for item in saved["items"]] == ["custom", "custom"]
    assert [one.degrees for one in load_value(saved, str(tmp_path))] == [20, 30]
    with pytest.raises(ValueFault, match=r"serializer of .*Celsius failed: ValueError"):
        save_value(_broken(), str(tmp_path / "b"))
    monkeypatch.setattr("ops0.core.values.custom._serializers", {})
    with pytest.raises(InputFault, match="no serializer is registered"):
        load_value(saved, str(tmp_path))


def _broken() -> Celsius:
    class Unprintable:
        def __str__(self) -> str:
            raise ValueError

    return Celsius(Unprintable())  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [(3, AsText()), (Celsius, object())])
def test_what_is_no_serializer(wrong: Any) -> None:
    with pytest.raises(TypeError):
        register_serializer(*wrong)


class BadRepr:
    def __repr__(self) -> str:
        raise RuntimeError


class LongRepr:
    def __repr__(self) -> str:
        return "\x1b[31m" + "x\n" * 5000


class LyingShape:
    @property
    def shape(self) -> Any:
        raise RuntimeError


@pytest.mark.parametrize(
    "value",
    [
        BadRepr(),
        LongRepr(),
        LyingShape(),
        [BadRepr()],
        "x" * 10**6,
        list(range(10**6)),
        {"a": "\n"},
        "\ud800",
    ],
)
def test_a_preview_is_short_and_printable(value: Any) -> None:
    text = preview(value)
    assert 0 < len(text) <= LIMIT
    assert text.isprintable()
    json.dumps(text).encode()


def test_previews_say_shapes() -> None:
    assert preview(np.zeros((3, 4))) == "ndarray float64 (3, 4)"
    assert preview(pa.table({"a": [1], "b": [2]})) == "Table, 1 rows x 2 columns: a, b"
    assert preview({"a": 1}) == "{'a': 1}"
    assert preview(uuid.UUID(int=1)) == "UUID('00000000-0000-0000-0000-000000000001')"


def test_a_second_try_writes_anew_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "value.json").symlink_to(tmp_path / "elsewhere")
    saved = save_value([1], str(tmp_path / "out"))
    again = save_value([2], str(tmp_path / "out"))
    assert (tmp_path / "elsewhere").read_text() == "kept"
    assert load_value(again, str(tmp_path / "out")) == [2]
    with pytest.raises(InputFault):
        load_value(saved, str(tmp_path / "out"))
