"""Paths inside of objects: what they name goes along, in pickles and in streams."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.local import Locals
from ops0.core.values.store import load_value, save_value


@dataclasses.dataclass
class Report:
    page: Path
    title: str


class OwnPath(type(Path())):  # type: ignore[misc]
    pass


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Where a step has written its files. The folder is removed before they are read: see ``crossed``."""
    folder = tmp_path / "made"
    (folder / "deep" / "empty").mkdir(parents=True)
    (folder / "a.csv").write_text("a")
    (folder / "deep" / "b.csv").write_text("b")
    return folder


def crossed(value: Any, made: Path, stored: Path) -> Any:
    """Store a value; give what a consumer reads that cannot see the producer's files."""
    saved = save_value(value, str(stored), Locals())
    made.rename(made.with_name("gone"))
    return load_value(saved, str(stored))


def test_files_in_lists_dicts_and_objects_go_along(made: Path, tmp_path: Path) -> None:
    a, b = made / "a.csv", made / "deep" / "b.csv"
    back = crossed({"rows": [a, b], "report": Report(b, "x")}, made, tmp_path / "stored")
    assert [path.read_text() for path in back["rows"]] == ["a", "b"]
    assert (back["report"].page.read_text(), back["report"].title) == ("b", "x")
    assert {path.name for path in back["rows"]} == {"a.csv", "b.csv"}
    assert all(path.is_relative_to(tmp_path / "stored") for path in back["rows"])


def test_a_folder_goes_along_with_what_is_empty_in_it(made: Path, tmp_path: Path) -> None:
    (back,) = crossed([made / "deep"], made, tmp_path / "stored")
    assert sorted(path.name for path in back.iterdir()) == ["b.csv", "empty"]


def test_a_file_named_often_is_stored_once(made: Path, tmp_path: Path) -> None:
    saved = save_value([made / "a.csv", made / "." / "a.csv"] * 3, str(tmp_path / "stored"))
    assert len(saved["items"]) == 1
    assert saved["size"] == sum(
        path.stat().st_size for path in (tmp_path / "stored").rglob("*") if path.is_file()
    )


def test_the_paths_of_a_stream_go_along(made: Path, tmp_path: Path) -> None:
    paths = [made / "a.csv", made / "deep" / "b.csv", made / "a.csv"]
    back = crossed(iter([{"path": path} for path in paths]), made, tmp_path / "stored")
    assert [item["path"].read_text() for item in back] == ["a", "b", "a"]


def test_paths_beside_what_only_cloudpickle_takes_go_along(made: Path, tmp_path: Path) -> None:
    back = crossed([made / "a.csv", lambda: 3], made, tmp_path / "stored")
    assert (back[0].read_text(), back[1]()) == ("a", 3)


def test_a_path_of_ones_own_class_stays_one(made: Path, tmp_path: Path) -> None:
    (back,) = crossed([OwnPath(made / "a.csv")], made, tmp_path / "stored")
    assert (type(back).__name__, back.read_text()) == ("OwnPath", "a")


def test_what_leads_nowhere_is_a_name(tmp_path: Path) -> None:
    names = [Path("no/such.csv"), PurePosixPath("/etc/hostname"), Path("/dev/null")]
    assert load_value(save_value(names, str(tmp_path)), str(tmp_path)) == names


def test_the_folder_of_the_step_is_not_taken_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (Path(), tmp_path, tmp_path.parent, Path("/")):
        with pytest.raises(ValueFault, match="the folder in which the step runs") as caught:
            save_value({"root": path}, str(tmp_path / "stored"))
        assert caught.value.hint == "to hand on a name, put str(path) into the result"


def test_a_folder_that_cannot_go_along_is_told(made: Path, tmp_path: Path) -> None:
    os.mkfifo(made / "deep" / "pipe")
    with pytest.raises(ValueFault, match="deep/pipe is neither a file nor a link") as caught:
        save_value([made / "deep"], str(tmp_path / "stored"))
    assert "put str(path) into the result" in str(caught.value.hint)


def test_results_do_not_hold_themselves(tmp_path: Path) -> None:
    with pytest.raises(ValueFault, match="is where results are written"):
        save_value(tmp_path, str(tmp_path / "deep" / "stored"))


def test_a_file_that_was_changed_is_refused(made: Path, tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    saved = save_value([made / "a.csv"], str(stored))
    (stored / saved["items"][0]["files"][0]["name"]).write_text("b")
    with pytest.raises(InputFault, match="not the bytes"):
        load_value(saved, str(stored))


def test_a_manifest_without_the_paths_is_refused(made: Path, tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    saved = save_value([made / "a.csv"], str(stored))
    for items in (None, [], [{"format": "json", "files": []}]):
        with pytest.raises(InputFault):
            load_value({**saved, "items": items}, str(stored))
