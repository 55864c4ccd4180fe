"""Files of the project that shadow a library: ``pandas.py`` beside the pipeline is what ``import pandas`` gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ops0.core.facts import Facts
from ops0.core.pipeline import Warn, Where
from ops0.core.requirements.installed import Installed
from ops0.core.requirements.names import canonicalize_name

__all__ = ["shadowing_warnings"]


def shadowing_warnings(
    facts: Facts, installed: Installed, declared: Collection[str]
) -> Iterator[Warn]:
    """One for each file or package that a step reaches and that has the name of a library the user has.

    declared: the normal names of the distributions that are declared
    """
    files: dict[str, str] = {}
    for part in sorted(facts.slices, key=lambda one: one.path):
        files.setdefault(part.module.partition(".")[0], part.path)
    for name, path in files.items():
        owners = [one.name for one in installed.owners(name) if one.origin is None]
        if owners or canonicalize_name(name) in declared:
            library = owners[0] if owners else canonicalize_name(name)
            yield Warn(
                where=Where(path, 1),
                text=f"`import {name}` means this file, not the library {library}",
                hint="rename it if the library is meant",
            )
