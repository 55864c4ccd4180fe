"""Which commits of repositories ``ops0 gc`` takes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ops0.host.folders import cache_dir, file_lock
from ops0_builder.sweeping.old_commits import commit_leftovers

DAY = 24 * 3600.0


def kept(name: str, days: float) -> Path:
    folder = cache_dir() / "git" / name
    folder.mkdir(parents=True)
    (folder / "HEAD").write_text("x" * 7)
    then = time.time() - days * DAY
    os.utime(folder, (then, then))
    return folder


@pytest.mark.parametrize(("older_than", "gone"), [(30 * DAY, ["ab-1"]), (0.0, ["ab-1", "cd-2"])])
def test_what_was_used_longest_ago_goes_and_what_is_in_use_stays(
    older_than: float, gone: list[str]
) -> None:
    for name, days in (("ab-1", 40), ("cd-2", 2), ("ef-3-tags", 0.5)):
        kept(name, days)
    found = list(commit_leftovers(time.time(), older_than))
    assert [Path(one.name).name for one in found] == gone
    assert {(one.kind, one.size) for one in found} == {("commit", 7)}
    assert all(one.remove() for one in found)
    assert not any(Path(one.name).exists() for one in found)


def test_nothing_goes_while_a_commit_is_used() -> None:
    folder = kept("ab-1", 40)
    (one,) = commit_leftovers(time.time(), 30 * DAY)
    with file_lock(cache_dir() / "git/.lock", shared=True):
        assert not one.remove()
    os.utime(folder)
    assert not one.remove()
    assert folder.is_dir()
