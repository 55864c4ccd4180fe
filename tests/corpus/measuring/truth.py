"""The corpus as values: each function of each case with what it needs, as a person wrote it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

CASES = Path(__file__).parents[1] / "cases"

RIVALS = {
    "httpx2": "httpx",
    "opencv-contrib-python": "opencv-python-headless",
    "opencv-python": "opencv-python-headless",
    "psycopg2": "psycopg2-binary",
    "tensorflow-cpu": "tensorflow",
}
"""Distributions that provide the same import, by the one that stands for them in the truth."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What one function needs. ``imports`` and ``hidden`` share no name; ``optional`` is right with and without."""

    case: str
    file: Path
    function: str
    imports: frozenset[str]
    hidden: frozenset[str]
    optional: frozenset[str]
    apt: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every distribution that the function needs."""
        return self.imports | self.hidden

    def __str__(self) -> str:
        return f"{self.file.relative_to(CASES)}:{self.function}"


def read_truths(cases: Path = CASES) -> tuple[Truth, ...]:
    """All functions of the corpus, in the order of cases, files and entries."""
    return tuple(
        _truth(path.parent, file, function, entry)
        for path in sorted(cases.glob("*/truth.toml"))
        for file, functions in tomli.loads(path.read_text("utf-8")).items()
        for function, entry in functions.items()
    )


def as_one(distributions: set[str] | frozenset[str]) -> frozenset[str]:
    """The same distributions, each rival as the one that stands for its group."""
    return frozenset(RIVALS.get(name, name) for name in distributions)


def _truth(folder: Path, file: str, function: str, entry: Mapping[str, Any]) -> Truth:
    unknown = set(entry) - {"imports", "hidden", "optional", "apt"}
    if unknown:
        raise ValueError(f"{folder.name}: {function}: unknown keys {sorted(unknown)}")
    return Truth(
        case=folder.name,
        file=folder / file,
        function=function,
        **{key: frozenset(entry.get(key, ())) for key in ("imports", "hidden", "optional", "apt")},
    )
