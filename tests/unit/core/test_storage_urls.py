"""StorageLayer below a URL: the same promises over a file system of fsspec's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ops0.core.storage import InputFault, StorageFault, StorageLayer, ValueFault

URL = "memory://team/values"


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryFileSystem]:
    """An empty store: fsspec's is one for the whole process."""
    memory = MemoryFileSystem()
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    yield memory
    memory.store.clear()


def files(store: MemoryFileSystem, *, ending: str = "") -> list[str]:
    return sorted(name for name in store.store if name.endswith(ending))


@pytest.mark.parametrize(
    "value",
    [None, {"x": [1, 2.5, "é"]}, b"\0", (), (1, b"2", {"three": 3}), {1, 2}],
    ids=repr,
)
def test_values_of_every_kind(value: Any) -> None:
    StorageLayer(URL).save("a", value, namespace="run/1")
    assert StorageLayer(URL).load("a", namespace="run/1") == value
    with pytest.raises(KeyError, match="a"):
        StorageLayer(URL).load("a")


def test_arrays_outlive_the_files_that_they_came_in() -> None:
    storage = StorageLayer(URL)
    storage.save("a", np.arange(10_000))
    before = storage.load("a")
    storage.save("a", np.zeros(3))
    assert before.sum() == 49_995_000
    assert storage.load("a").sum() == 0


def test_iterators_and_folders(tmp_path: Path) -> None:
    (tmp_path / "out" / "empty").mkdir(parents=True)
    (tmp_path / "out" / "[1]*.txt").write_text("one")
    storage = StorageLayer(URL)
    storage.save("items", iter(range(5)))
    storage.save("folder", (tmp_path / "out", 7))
    assert list(storage.load("items")) == [0, 1, 2, 3, 4]
    folder, number = storage.load("folder")
    assert number == 7
    assert (folder / "[1]*.txt").read_text() == "one"
    assert (folder / "empty").is_dir()
    del storage  # the files stay as long as the storage they came from
    assert not folder.exists()


@pytest.mark.parametrize("key", ["", "..", "../../up", "/abs", "a/b", "*", "é\n", "x" * 1000])
def test_any_text_is_a_key_and_stays_below_the_url(key: str, store: MemoryFileSystem) -> None:
    storage = StorageLayer(URL)
    storage.save(key, 1, namespace=key)
    storage.save(key + "A", 2, namespace=key)
    assert (storage.load(key, key), storage.load(key + "A", key)) == (1, 2)
    assert all(name.startswith("/team/values/n") for name in files(store))


def test_the_version_before_is_removed(store: MemoryFileSystem) -> None:
    storage = StorageLayer(URL)
    for number in range(3):
        storage.save("a", number)
    assert len(files(store, ending="/value.json")) == 1


def test_a_failed_save_leaves_the_value_before(
    store: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = StorageLayer(URL)
    storage.save("a", 1)
    before = files(store)
    with pytest.raises(ValueFault):
        storage.save("a", threading.Lock())

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("no room")

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", refuse)
    with pytest.raises(StorageFault, match=r"memory://team/values: PermissionError: no room"):
        storage.save("a", 2)
    monkeypatch.undo()
    assert storage.load("a") == 1
    assert files(store) == before


def test_a_torn_value_is_refused(store: MemoryFileSystem) -> None:
    storage = StorageLayer(URL)
    storage.save("a", 1)
    (name,) = files(store, ending="/value.json")
    store.pipe_file(name, b"2")
    with pytest.raises(InputFault, match="not the bytes"):
        storage.load("a")
    store.rm_file(name)
    with pytest.raises(InputFault, match="is gone"):
        storage.load("a")


@pytest.mark.parametrize("name", ["../../evil", "/evil", "", "a/../../evil", None])
def test_a_manifest_cannot_name_a_file_elsewhere(name: Any, store: MemoryFileSystem) -> None:
    storage = StorageLayer(URL)
    storage.save("a", 1)
    place = "/team/values/n/ka/manifest.json"
    manifest = json.loads(store.cat_file(place))
    manifest["value"]["files"][0]["name"] = name
    store.pipe_file(place, json.dumps(manifest).encode())
    with pytest.raises(InputFault):
        storage.load("a")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"v": 2}', b'{"v": 1}', b"[" * 100_000])
def test_a_broken_manifest_is_refused_and_can_be_replaced(
    data: bytes, store: MemoryFileSystem
) -> None:
    storage = StorageLayer(URL)
    storage.save("a", 1)
    store.pipe_file("/team/values/n/ka/manifest.json", data)
    with pytest.raises(InputFault):
        storage.load("a")
    storage.save("a", 2)
    assert storage.load("a") == 2


def test_a_reader_that_meets_a_save_takes_the_newer_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage, other = StorageLayer(URL), StorageLayer(URL)
    storage.save("a", 1)
    get, met = MemoryFileSystem.get_file, []

    def late(self: MemoryFileSystem, *args: Any, **kwargs: Any) -> None:
        if not met:
            met.append(True)
            other.save("a", 2)  # takes the files of the first away
        get(self, *args, **kwargs)

    monkeypatch.setattr(MemoryFileSystem, "get_file", late)
    assert storage.load("a") == 2


def test_savers_at_once_remove_none_of_each_others_files() -> None:
    def save(number: int) -> None:
        for _ in range(10):
            StorageLayer(URL).save("a", [number] * 50)

    writers = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert StorageLayer(URL).load("a") in [[number] * 50 for number in range(4)]


def test_what_fsspec_does_not_know_is_told_without_passwords() -> None:
    with pytest.raises(StorageFault, match="ftps9://host/x: ValueError") as caught:
        StorageLayer("ftps9://me:hunter2@host/x")
    assert "hunter2" not in str(caught.value)


def test_a_library_that_is_missing_is_named() -> None:
    with pytest.raises(StorageFault, match="gcsfs") as caught:
        StorageLayer("gs://bucket/values")
    assert "@ops0.requires" in (caught.value.hint or "")
