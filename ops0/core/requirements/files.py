"""What a project declares in files of its own: one value of all that their readers say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ops0.core.errors import raise_together
from ops0.core.pipeline import Warn, Where
from ops0.core.project_files import Source
from ops0.core.requirements.conda import CondaNames, read_environment
from ops0.core.requirements.declarations import Constraint, Declaration, EveryHash
from ops0.core.requirements.file_addresses import hashes_in
from ops0.core.requirements.local import LocalDistribution, Nowhere, Places
from ops0.core.requirements.lock_addresses import with_hashes
from ops0.core.requirements.lock_repositories import with_commits
from ops0.core.requirements.locks import read_lock, without_pinned
from ops0.core.requirements.overrides import overrides_in, without_overridden
from ops0.core.requirements.pipenv import read_pipfile
from ops0.core.requirements.reading import Reading
from ops0.core.requirements.setup_files import read_setup_files
from ops0.core.toml_text import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectDeclared:
    """All that a project declares, in the order of its files; and what of them ops0 does not use.

    notebook: what the pipeline's own notebook installs, where it is one
    held:     what its files only constrain, and the hashes that they name
    every_hash: where it is said that each file must have one of those
    pythons:  which Pythons it says it is for, as ``>=3.12``
    local:    the folders and files among what it declares, with what they provide
    packages: Debian packages of the programs that its environment has: for steps that look for one
    """

    declarations: tuple[Declaration, ...] = ()
    notebook: tuple[Declaration, ...] = ()
    held: tuple[Constraint, ...] = ()
    every_hash: EveryHash | None = None
    pythons: tuple[Declaration, ...] = ()
    packages: tuple[Declaration, ...] = ()
    warnings: tuple[Warn, ...] = ()
    local: tuple[LocalDistribution, ...] = ()

    @property
    def constraints(self) -> tuple[Constraint | EveryHash, ...]:
        """All that it says of versions and files, which holds for what the needs of a step need in turn, too."""
        said = (
            Constraint(one.text, one.where, hashes_in(one.text))
            for one in (*self.declarations, *self.notebook)
        )
        every = () if self.every_hash is None else (self.every_hash,)
        return tuple(dict.fromkeys((*every, *said, *self.held)))


def project_declared(
    source: Source,
    beside: Places | None = None,
    conda_names: Callable[[], CondaNames] = CondaNames,
) -> ProjectDeclared:
    """Read what a project's root declares: files of pip, uv, poetry, pdm, setuptools, pipenv, conda; the first lock.

    beside:      folders and files that its requirements name; None: there are none
    conda_names: what packages of conda are called elsewhere; asked only where there is an environment of conda
    leaves out:  optional dependencies of ``[project]`` and dependency groups; poetry's are read: it locks all together
    raises:      UnreadableSettings, BadSetting, BadRequirementLine, MissingRequirements; several together
    """
    reading = Reading(source, beside or Nowhere())
    document: Mapping[str, Any] = {}
    overrides: tuple[Constraint, ...] = ()
    if (pyproject := source.read("pyproject.toml")) is not None:
        document = reading.pyproject(pyproject, "pyproject.toml")
        overrides = _overrides(reading, document, pyproject)
    _read_requirements(reading)
    read_setup_files(reading, document)
    if (pipfile := source.read("Pipfile")) is not None:
        read_pipfile(reading, pipfile, "Pipfile")
    _read_conda(reading, conda_names)
    raise_together(reading.faults)
    locked = read_lock(source, above=reading.beside.workspace_lock())
    own, held = without_overridden(reading.declarations, reading.held, overrides)
    declared = with_commits(dict.fromkeys(own), locked.repositories)
    declared = with_hashes(declared, locked.pins)
    pins = without_pinned(locked.pins, declared)
    reading.note_places(pins)
    return ProjectDeclared(
        declarations=declared + pins,
        held=tuple(dict.fromkeys((*held, *locked.files))),
        every_hash=reading.every_hash,
        pythons=tuple(reading.pythons),
        packages=tuple(dict.fromkeys(reading.packages)),
        local=tuple(sorted(set(reading.local))),
        warnings=tuple(reading.warnings),
    )


def _read_conda(reading: Reading, conda_names: Callable[[], CondaNames]) -> None:
    """The environment of conda, of whose two names the first counts."""
    for name in ("environment.yml", "environment.yaml"):
        if (data := reading.source.read(name)) is not None:
            read_environment(reading, data, name, conda_names)
            return


def _overrides(
    reading: Reading, document: Mapping[str, Any], data: bytes
) -> tuple[Constraint, ...]:
    if reading.beside.workspace_lock() is not None:
        return ()  # uv reads those of the workspace's root alone
    return overrides_in(document, Place("pyproject.toml", data.decode("utf-8", "replace")))


def _read_requirements(reading: Reading) -> None:
    for name in ("requirements.txt", "requirements.in"):
        if reading.source.read(name) is not None:
            reading.file(name, Where(name, 1))
            return
