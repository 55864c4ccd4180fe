"""What a command has left behind: files in the project, objects of its runs in the engine."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

LISTS = {
    "container": ("ps", "--all", "--format", "{{.Names}}"),
    "volume": ("volume", "ls", "--format", "{{.Name}}"),
    "network": ("network", "ls", "--format", "{{.Name}}"),
}


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder by relative name, but bytecode."""
    found = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if "__pycache__" not in path.parts
    }


def runs(state: Path) -> tuple[str, ...]:
    """The ids of all runs that ever began with this state folder."""
    folder = state / "runs"
    return tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ()


def engine_objects(run_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Containers, volumes and networks whose name carries one of these runs, as ``volume ops0-…``."""
    found = []
    for kind, arguments in LISTS.items():
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
        names = done.stdout.split()
        found += [f"{kind} {name}" for name in names if any(run in name for run in run_ids)]
    return tuple(found)


def processes(text: str) -> tuple[int, ...]:
    """The ids of all processes whose command line or environment holds a text, such as a state folder's name."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is another user's
            told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            if text.encode() in told:
                found.append(int(folder.name))
    return tuple(sorted(found))


def half_written(cache: Path) -> tuple[str, ...]:
    """Files of a write that did not end: ops0 writes ``.name.xxxx`` aside and renames."""
    return tuple(
        sorted(
            str(path.relative_to(cache)) for path in cache.rglob(".*.????????") if path.is_file()
        )
    )
