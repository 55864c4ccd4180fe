"""Packages of the user's own that lie above the project's root: an import of one is told where the project ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ops0.core.errors import Ops0Error, members
from ops0.core.folders import home_dir
from ops0.core.requirements.errors import LocalInstallation, UnknownImport

_LEVELS = 6


@contextmanager
def told_of_nearby(root: Path) -> Iterator[None]:
    """Mend what is raised within, as ``tell_of_nearby`` does."""
    try:
        yield
    except Ops0Error as fault:
        tell_of_nearby(root, members(fault))
        raise


def tell_of_nearby(root: Path, faults: Iterable[Ops0Error]) -> None:
    """Mend the hint of an import that no distribution is known for, where a folder above the root holds it."""
    for one in faults:
        if isinstance(one, (UnknownImport, LocalInstallation)):
            name = one.module.partition(".")[0]
            top = nearby_top(root, name)
            if top is not None:
                one.hint = (
                    f"`{name}` is a package of your own below {top}, outside of the project, which begins at "
                    f"{root}: put an ops0.toml into {top}, so that the project begins there"
                )


def nearby_top(root: Path, name: str) -> Path | None:
    """The nearest folder above ``root`` that has a module or package of that name, itself or below ``src``."""
    home = home_dir()
    for top in root.parents[:_LEVELS]:
        if top in (home, *home.parents):
            return None
        for place in (top, top / "src"):
            if (place / f"{name}.py").is_file() or (place / name / "__init__.py").is_file():
                return top
    return None
