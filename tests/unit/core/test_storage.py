"""StorageLayer: named values in a folder."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from ops0.core.storage import InputFault, StorageLayer, ValueFault


def test_save_and_load(tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path / "values")
    storage.save("a", {"x": 1})
    storage.save("a", [2], namespace="run/1")
    assert storage.load("a") == {"x": 1}
    assert storage.load("a", namespace="run/1") == [2]


@pytest.mark.parametrize(
    "key", ["", ".", "..", "../../up", "/abs", "a/b", "é\n", "x" * 1000, "\ud800", "%41"]
)
def test_any_text_is_a_key_and_stays_inside(key: str, tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path / "values")
    storage.save(key, 1, namespace=key)
    storage.save(key + "A", 2, namespace=key)
    assert (storage.load(key, key), storage.load(key + "A", key)) == (1, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["values"]


def test_what_was_never_saved(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="ns/a"):
        StorageLayer(tmp_path).load("a", "ns")


def test_a_failed_save_leaves_the_value_before(tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path)
    storage.save("a", 1)
    with pytest.raises(ValueFault):
        storage.save("a", threading.Lock())
    assert storage.load("a") == 1
    assert len([path for path in tmp_path.glob("n/ka/v*") if path.is_dir()]) == 1


def test_a_mapped_value_outlives_the_next_save(tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path)
    storage.save("a", np.arange(10_000))
    before = storage.load("a")
    storage.save("a", np.zeros(3))
    assert before.sum() == 49_995_000
    assert storage.load("a").sum() == 0


def test_of_paths_only_those_that_were_loaded_last_stay(tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path / "values")
    (tmp_path / "a.txt").write_text("first")
    storage.save("k", tmp_path / "a.txt")
    first = storage.load("k")
    assert first.read_text() == "first"
    (tmp_path / "a.txt").write_text("second")
    storage.save("k", tmp_path / "a.txt")
    assert not first.exists()
    assert storage.load("k").read_text() == "second"


def test_a_torn_value_is_refused(tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path)
    storage.save("a", 1)
    (file,) = tmp_path.glob("n/ka/v*/value.json")
    file.chmod(0o644)
    file.write_text("2")
    with pytest.raises(InputFault):
        storage.load("a")


def test_readers_never_see_half_a_save(tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path)
    storage.save("a", [0] * 100)
    done = threading.Event()

    def save() -> None:
        for number in range(40):
            storage.save("a", [number] * 100)
        done.set()

    writer = threading.Thread(target=save)
    writer.start()
    seen = 0
    while not done.is_set():
        assert len(set(storage.load("a"))) == 1
        seen += 1
    writer.join()
    assert seen > 0


def test_savers_at_once_remove_none_of_each_others_files(tmp_path: Path) -> None:
    storage = StorageLayer(tmp_path)

    def save(number: int) -> None:
        for _ in range(20):
            storage.save("a", [number] * 50)

    writers = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert storage.load("a") in [[number] * 50 for number in range(4)]


def test_a_url_of_files_is_a_folder(tmp_path: Path) -> None:
    StorageLayer(f"file://{tmp_path}/values").save("a", 1)
    assert StorageLayer(tmp_path / "values").load("a") == 1


def test_a_folder_takes_no_options(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="anon"):
        StorageLayer(tmp_path, anon=True)
