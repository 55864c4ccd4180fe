"""Files that look as if they bound versions and are not read: told where nothing better is there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ops0.core.pipeline import WHAT_IMAGES_GET, Warn, Where
from ops0.core.project_files import Source
from ops0.core.requirements.locks import LOCK_FILES
from ops0.core.requirements.logical_lines import logical_lines
from ops0.core.requirements.pep508 import is_requirement
from ops0.core.requirements.places import is_place
from ops0.core.requirements.sources import table_at
from ops0.core.toml_text import tables_of

__all__ = ["unread_files"]

_ONE_LOCK = "keep the lock of the tool that you use, and remove the other"
_CONDA_LOCKS = ("conda-lock.yml", "conda-lock.yaml", "pixi.lock")
_OF_CONDA = f"is not read: it names packages of conda, and wheels are {WHAT_IMAGES_GET}"
_PIN = "ops0.lock will pin wheels; where a version must be conda's, pin it in environment.yml or requirements.txt"
_REQUIREMENTS = ("requirements.txt", "requirements.in")
_IN_A_FOLDER = ("prod", "production", "base", "main", "common", "requirements")
"""What people call the file for what runs, where a folder has one for each purpose."""
_OF_SEVERAL = (
    "is not read, for a folder of requirements files does not say which of them counts: "
    f"nothing binds {WHAT_IMAGES_GET}"
)


def unread_files(source: Source, *, declares: bool, lock: str) -> tuple[Warn, ...]:
    """What is told of a project's files that are not read.

    declares: whether anything is declared, by the project, its notebook or its script
    lock:     the folder of ops0's lock, from the root: once it is there, it says what images get
    """
    names = frozenset(source.list(""))
    counting, *others = [path for path in LOCK_FILES if path in names] or [""]
    found = [
        Warn(
            where=Where(path, 1), text=f"{counting} counts, and {path} is not read", hint=_ONE_LOCK
        )
        for path in others
    ]
    if not counting and not source.list(lock):
        conda = (path for path in _CONDA_LOCKS if path in names)
        found += [Warn(where=Where(path, 1), text=_OF_CONDA, hint=_PIN) for path in conda]
    if not declares and "requirements" in names and not _says_none(source, names):
        found += _folder(source)
    return tuple(found)


def _says_none(source: Source, names: Iterable[str]) -> bool:
    """Whether the files that are read say themselves that nothing is needed: there, and empty."""
    if any(name in names for name in _REQUIREMENTS):
        return True
    project = table_at(tables_of(source.read("pyproject.toml") or b"") or {}, "project")
    return "dependencies" in project


def _folder(source: Source) -> Iterator[Warn]:
    for path in (f"requirements/{name}.txt" for name in _IN_A_FOLDER):
        if _is_of_requirements(source.read(path) or b""):
            hint = f"name it in a requirements.txt beside the folder: -r {path}; an empty one says that it is none"
            yield Warn(where=Where(path, 1), text=_OF_SEVERAL, hint=hint)
            return


def _is_of_requirements(data: bytes) -> bool:
    """Whether a text is a file that pip could read, and not what a product is required to do."""
    lines = [line for _, line in logical_lines(data.decode("utf-8-sig", "replace"))]
    said = [line.partition(" --hash")[0] for line in lines if not line.startswith("-")]
    return bool(lines) and all(is_requirement(one) or is_place(one) for one in said)
