"""What the lock gives: exact files with hashes, per step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ops0.core.pipeline import StepName

PLATFORMS = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}
"""Those that ops0 makes images for, as Docker writes them, by what the machine is called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What an image runs on.

    python:  ``3.11``      platform: as Docker writes it, ``linux/amd64``
    glibc:   (2, 36); decides which manylinux wheels fit
    """

    python: str
    platform: str = "linux/amd64"
    glibc: tuple[int, int] = (2, 36)


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedFile:
    """One wheel. ``sha256`` is hex; ``size`` bytes. ``built_from`` is the sdist's sha256 where ops0 built the wheel."""

    filename: str
    sha256: str
    size: int
    built_from: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedSource:
    """What a wheel came of that no index has.

    kind:   a folder or a file (wheel, source archive) beside the project, a repository of git, or a file at an address
    place:  the path from the project's root, POSIX, ``../libs/acme``; of the others the address, without a login
    digest: of the files that count (sha256), of the file (sha256), of git the commit
    inside: the folder in a repository that has the distribution; "" for the repository itself
    ref:    the branch or tag that the commit was found by; "" for what the repository itself takes
    """

    kind: Literal["folder", "file", "git", "url"]
    place: str
    digest: str
    inside: str = ""
    ref: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedDistribution:
    """One distribution at one version, with the wheel that fits the target.

    name:  normalised (PEP 503)
    sdist: the source archive where ops0 built the wheel from it; then ``wheel.built_from`` is its sha256
    build: the pins (``name==version``, sorted) of what built it, so that another machine builds the same bytes
    source: the folder, file, repository or address that the wheel came of; None: an index has it
    """

    name: str
    version: str
    wheel: LockedFile
    sdist: LockedFile | None = None
    build: tuple[str, ...] = ()
    source: LockedSource | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLock:
    """All that one step's image installs, sorted by name. ``digest`` is over every field of them."""

    step: StepName
    target: Target
    distributions: tuple[LockedDistribution, ...]
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """One joint resolution. ``inputs`` is the digest of all requirements it answers: staleness is its inequality."""

    inputs: str
    steps: tuple[StepLock, ...]

    def step(self, name: StepName) -> StepLock:
        """The lock of that step. Raises KeyError."""
        for lock in self.steps:
            if lock.step == name:
                return lock
        raise KeyError(name)
