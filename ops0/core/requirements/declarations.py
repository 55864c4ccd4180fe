"""What users ask for in their own words, with its place. Apart from the other values: every command reads settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ops0.core.pipeline import Where

DeclaredIn = Literal["step", "settings", "notebook", "project"]
"""Who declared a distribution. ``step`` and ``settings`` are needs by themselves, the others only when used."""


@dataclass(frozen=True, slots=True, order=True)
class Declaration:
    """What a user wrote to ask for something, and where: a PEP 508 requirement or a Debian package's name.

    locked: whether it is what the project's own lock has for what was written elsewhere
    asked:  the address that was written, where the text has the commit that the project's own lock has found by it
    """

    text: str
    where: Where
    locked: bool = False
    asked: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Constraint:
    """What a project says of a distribution that is needed, also by another one alone. It asks for nothing.

    text:   a PEP 508 requirement, with its marker
    hashes: the sha256 that its file may have; () for any
    binds:  whether it binds the version; else it says only which files that one version has
    """

    text: str
    where: Where
    hashes: tuple[str, ...] = ()
    binds: bool = True


@dataclass(frozen=True, slots=True, order=True)
class EveryHash:
    """A project wants a hash of its own for each file that is locked: ``--require-hashes``."""

    where: Where


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDeclared:
    """What decorators say that one step needs: ``@ops0.requires("pyarrow>=15", apt=["libgomp1"])``."""

    requires: tuple[Declaration, ...] = ()
    apt: tuple[Declaration, ...] = ()
