"""What killed processes had written aside is found a day later, and nothing else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ops0.host import folders
from ops0.host.asides import UNTOUCHED_SECONDS, aside_leftovers
from ops0.host.folders import ASIDE, write_aside

NOW = time.time()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("cache", "state", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OPS0_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path


def aged(path: Path, seconds: float = UNTOUCHED_SECONDS + 60, *, folder: bool = False) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if folder:
        (path / "below").mkdir(parents=True)
        (path / "below/data").write_bytes(b"123")
        for one in (path / "below/data", path / "below"):
            os.utime(one, (NOW - seconds, NOW - seconds))
    else:
        path.write_bytes(b"12345")
    os.utime(path, (NOW - seconds, NOW - seconds))
    return path


def test_what_a_killed_process_left_is_removed(home: Path) -> None:
    found = [
        aged(home / f"cache/notes/.a.json.x{ASIDE}"),
        aged(home / f"state/deployments/flow/prod/.7.x{ASIDE}"),
        aged(home / "state/models/churn/.saving.x", folder=True),
        aged(home / "state/models/.mlflow/.saving.x", folder=True),
    ]
    kept = [
        aged(home / f"cache/notes/.b.json.x{ASIDE}", seconds=60),
        aged(home / "cache/notes/a.json"),
        aged(home / f"state/runs/r/out/.user.x{ASIDE}"),
        aged(home / "tmp/ops0-model-zoo", folder=True),
        aged(home / "state/models/churn/1", folder=True),
    ]
    leftovers = list(aside_leftovers(NOW))
    assert sorted(one.name for one in leftovers) == sorted(map(str, found))
    assert [one.size for one in leftovers] == [5, 5, 3, 3]
    assert all(one.remove() for one in leftovers)
    assert not any(path.exists() for path in found)
    assert all(path.exists() for path in kept)


def test_one_that_is_written_to_again_stays(home: Path) -> None:
    path = aged(home / f"cache/.a.x{ASIDE}")
    (leftover,) = aside_leftovers(NOW)
    path.write_bytes(b"more")
    assert not leftover.remove()
    assert path.exists()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_folder_stays_where_something_below_is_written_to(home: Path, when: str) -> None:
    folder = aged(home / "state/models/.saving.x", folder=True)
    if when == "before":
        (folder / "below/data").write_bytes(b"more")
    leftovers = list(aside_leftovers(NOW))
    assert len(leftovers) == (when == "after")
    (folder / "below/data").write_bytes(b"more")
    assert not any(one.remove() for one in leftovers)
    assert (folder / "below/data").exists()


def test_a_write_that_is_killed_leaves_what_is_found(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(folders.Path, "replace", killed)
        patched.setattr(folders.Path, "unlink", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            write_aside(home / "cache/notes/a.json", b"{}")
    (leftover,) = aside_leftovers(time.time() + UNTOUCHED_SECONDS + 60)
    assert leftover.remove()
    assert list((home / "cache/notes").iterdir()) == []
