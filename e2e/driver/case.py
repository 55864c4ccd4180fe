"""A case: a project in a folder, commands, and what a user must see. Told by its ``case.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

KEYS = {
    "about",
    "commands",
    "exit",
    "says",
    "hint",
    "errors",
    "world",
    "docker",
    "slow",
    "leaves",
    "traceback",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One kind of bad input.

    commands: what is typed after ``ops0``; each must fail in the same way
    exit:     the exit code of the error's own class
    says:     texts that stderr holds: the place and the fact
    hint:     a text that a line ``hint: …`` holds
    errors:   how many ``error:`` lines there are
    world:    what is wrong with the machine (driver.worlds), or None
    leaves:   names at the top of the project that may be new afterwards, whole: a finished lock
    traceback: the user's own code raised, so its own frames are shown, and none of ops0's
    """

    name: str
    folder: Path
    about: str
    commands: tuple[tuple[str, ...], ...]
    exit: int
    says: tuple[str, ...]
    hint: str
    errors: int = 1
    world: str | None = None
    docker: bool = False
    slow: bool = False
    leaves: tuple[str, ...] = ()
    traceback: bool = False


def read_case(path: Path) -> Case:
    """The case that a ``case.toml`` tells. Raises ValueError for a key that there is not."""
    told: dict[str, Any] = tomli.loads(path.read_text())
    if strange := set(told) - KEYS:
        raise ValueError(f"{path}: {', '.join(sorted(strange))}: no such key")
    return Case(
        name=path.parent.name,
        folder=path.parent,
        **told
        | {
            "commands": tuple(tuple(line.split()) for line in told["commands"]),
            "says": tuple(told["says"]),
            "leaves": tuple(told.get("leaves", ())),
        },
    )


def find_cases(folder: Path) -> tuple[Case, ...]:
    """All cases below a folder, by name."""
    return tuple(read_case(path) for path in sorted(folder.glob("*/case.toml")))
