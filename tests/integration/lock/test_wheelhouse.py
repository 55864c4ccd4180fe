"""Wheels of a lock are fetched once, by hash, and from here afterwards."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from locking import a_step, a_wheel, sha256

from ops0_builder.lock.errors import FetchFailed, HashMismatch


def test_wheels_come_once_and_then_from_here(index, project, elsewhere):
    names = [f"p{number}" for number in range(7)]
    index.add(*(a_wheel(name) for name in names))
    lock = project.lock(a_step("x", *names), a_step("y", names[0]))
    elsewhere()
    files = project.fill(lock)
    assert {sha256(path.read_bytes()) for path in files.values()} == set(files)
    assert len(files) == 7
    index.asked.clear()
    assert project.fill(lock) == files
    assert index.asked == []


def test_only_the_wheels_of_named_steps_are_fetched(index, project, elsewhere):
    index.add(a_wheel("aa"), a_wheel("bb"))
    lock = project.lock(a_step("x", "aa"), a_step("y", "bb"))
    elsewhere()
    index.asked.clear()
    assert len(project.fill(lock, steps=["x"])) == 1
    assert not any("bb" in path for path in index.asked if path.startswith("/files/"))


@pytest.mark.parametrize("hashes", [True, False])
def test_a_tampered_file_is_refused_and_not_kept(index, project, elsewhere, tmp_path, hashes):
    index.add(a_wheel("aa"), a_wheel("bb"))
    lock = project.lock(a_step("x", "aa", "bb"))
    elsewhere()
    index.hashes = hashes
    evil = a_wheel("aa", body="evil")
    index.add(evil)
    with pytest.raises(HashMismatch) as caught:
        project.fill(lock)
    assert caught.value.filename == "aa-1.0-py3-none-any.whl"
    assert caught.value.actual == sha256(evil[1])
    assert caught.value.exit_code == 27
    kept = [
        path
        for path in Path(os.environ["OPS0_CACHE_DIR"]).rglob("*")
        if path.is_file() and path.name != ".lock"
    ]
    assert [path.name for path in kept] == ["bb-1.0-py3-none-any.whl"]


def test_a_damaged_wheel_is_fetched_again(index, project):
    index.add(a_wheel("aa"))
    lock = project.lock(a_step("x", "aa"))
    path = next(iter(project.fill(lock).values()))
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:-1] + b"x")
    assert next(iter(project.fill(lock).values())).read_bytes() == whole


@pytest.mark.parametrize("fault", [404, 503, "reset"])
def test_a_file_that_does_not_come_is_named(index, project, elsewhere, fault):
    index.add(a_wheel("aa"), a_wheel("bb"))
    lock = project.lock(a_step("x", "aa", "bb"))
    elsewhere()
    index.fault = lambda path, count: fault if "files/bb" in path else None
    with pytest.raises(FetchFailed) as caught:
        project.fill(lock)
    assert caught.value.distribution == "bb 1.0"
    index.fault = lambda path, count: None
    assert len(project.fill(lock)) == 2


def test_two_at_once_share_a_wheelhouse(index, project, elsewhere):
    index.add(*(a_wheel(f"p{number}") for number in range(4)))
    lock = project.lock(a_step("x", *(f"p{number}" for number in range(4))))
    elsewhere()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: project.fill(lock), range(2))
    assert first == second
    assert {sha256(path.read_bytes()) for path in first.values()} == set(first)


CHILD = """
import pickle, sys
from pathlib import Path
from ops0_builder.lock import fill_wheelhouse
fill_wheelhouse(pickle.loads(Path(sys.argv[1]).read_bytes()), root=Path(sys.argv[2]))
"""


def test_ctrl_c_leaves_no_program_and_no_file(index, project, elsewhere, tmp_path):
    index.add(*(a_wheel(f"p{number}") for number in range(3)))
    lock = project.lock(a_step("x", "p0", "p1", "p2"))
    elsewhere()
    asked, ended = threading.Event(), threading.Event()

    def hang(path: str, count: int) -> int | None:
        if not path.startswith("/files/"):
            return None
        asked.set()
        ended.wait(60)
        return 503

    index.fault = hang
    (tmp_path / "lock.pickle").write_bytes(pickle.dumps(lock))
    argv = (sys.executable, "-c", CHILD, str(tmp_path / "lock.pickle"), str(project.root))
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as child:
        assert asked.wait(60)
        begin = time.monotonic()
        child.send_signal(signal.SIGINT)
        child.wait(30)
    ended.set()
    assert time.monotonic() - begin < 30
    cache = os.environ["OPS0_CACHE_DIR"]
    assert [path.name for path in Path(cache).rglob("*")] == ["wheels", ".lock"]
    assert programs_that_name(cache) == []


def programs_that_name(text: str) -> list[bytes]:
    """The command lines of running programs that hold a text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = path.read_bytes()
            if text.encode() in line:
                found.append(line)
    return found
