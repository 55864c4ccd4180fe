"""Environments of exactly some distributions and what these depend on, by links to what is installed elsewhere.

No index is asked and nothing is resolved: the versions are those of the other environment, so that two of them differ
by nothing but what is missing in one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def installed_in(folder: Path) -> Mapping[str, Distribution]:
    """What is installed in a folder, by canonical name."""
    return {canonicalize_name(one.metadata["Name"]): one for one in distributions(path=[str(folder)])}  # fmt: skip


def closure(needs: Iterable[str], there: Mapping[str, Distribution]) -> set[str]:
    """Some distributions, with all that they require of what is there."""
    found: set[str] = set()
    waiting = [Requirement(one) for one in needs]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if name not in there or (name, extra) in seen:
                continue
            seen.add((name, extra))
            found.add(name)
            asked = map(Requirement, there[name].requires or ())
            waiting += [one for one in asked if _holds(one, extra)]
    return found


def _holds(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def link(names: Iterable[str], there: Mapping[str, Distribution], folder: Path) -> Path:
    """Make the environment of some distributions, each file a link."""
    for name in names:
        for file in there[name].files or ():
            if ".." in file.parts or "__pycache__" in file.parts:
                continue  # programs; what Python makes itself
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                place(Path(str(file.locate())), target)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def place(source: Path, target: Path) -> None:
    """A link that holds in a container too, where the file system can."""
    try:
        os.link(source.resolve(), target)
    except OSError:
        target.symlink_to(source.resolve())
