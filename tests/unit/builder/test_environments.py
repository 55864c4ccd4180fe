"""Environments beside each other: one that is damaged is made anew, but never under a run that uses it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

from ops0.core.locked import Lock
from ops0_builder.environments import environments_dir, isolated
from ops0_builder.lock.uv_program import Uv
from ops0_builder.planning.runner_files import RunnerFiles
from ops0_builder.whole_folder import WHOLE, is_whole

RUNNER = RunnerFiles({"ops0_runner/main.py": b"run()"})


def a_run() -> AbstractContextManager[object]:
    """One without steps: it needs what images get from ops0, and nothing that a program makes."""
    uv = Uv(program="uv", folder=Path(), environment={})
    return isolated(Lock(inputs="", steps=()), {}, RUNNER, uv, lambda _: None)


def made() -> list[Path]:
    return sorted(environments_dir().iterdir())


def damage(folder: Path) -> None:
    path = folder / "ops0_runner" / "main.py"
    noted = path.stat().st_mtime
    path.write_bytes(b"walk!")
    os.utime(path, (noted, noted + 2))


def test_a_damaged_one_is_made_anew() -> None:
    with a_run():
        (folder,) = made()
    damage(folder)
    with a_run():
        assert made() == [folder]
        assert is_whole(folder)
        assert (folder / "ops0_runner" / "main.py").read_bytes() == b"run()"


def test_a_damaged_one_that_a_run_uses_stays_and_another_stands_beside_it() -> None:
    with a_run():
        (folder,) = made()
        damage(folder)
        with a_run(), a_run():
            assert [path.name for path in made()] == [folder.name, f"{folder.name}.1"]
            assert (folder / "ops0_runner" / "main.py").read_bytes() == b"walk!"
            assert is_whole(made()[1])
        (folder / WHOLE).unlink()
        with a_run():
            assert len(made()) == 2
    with a_run():
        assert is_whole(folder)
