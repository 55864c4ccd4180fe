"""What the analyzer saw in the code that one function reaches, before anything is named a distribution.

``ops0.core.analyzer`` makes these, ``ops0.core.requirements`` reads them; neither knows the other's insides.
"""

from __future__ import annotations

from dataclasses import dataclass

from ops0.core.pipeline import DataFile, Slice, Warn, Where

UNKNOWN_PART = "\0"
"""Stands in a command's word for what is only known when the code runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportFact:
    """One import of a module that is not local and not ops0's.

    module:   dotted, absolute: ``sklearn.linear_model``
    names:    what ``from module import …`` names; () for a plain import. A name may itself be a submodule.
    text:     the statement as a person would write it, on one line
    instead:  groups of modules: it is imported only where one of each group cannot be
    optional: guarded so that the step works without it (``try … except ImportError`` with a fallback)
    """

    module: str
    names: tuple[str, ...]
    where: Where
    text: str
    optional: bool = False
    instead: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CallFact:
    """One call.

    name:     ``pandas.read_parquet`` where the root is an import (aliases resolved), ``.to_parquet`` for a method
              of something unknown
    literals: (``"0"``, ``"1"`` … or the keyword, text) for each argument that is a known string or None/True/False
              (as ``"None"``, ``"True"``, ``"False"``)
    """

    name: str
    literals: tuple[tuple[str, str], ...]
    where: Where


@dataclass(frozen=True, kw_only=True, slots=True)
class TextFact:
    """One string constant that the step can reach; f-strings by their known head."""

    text: str
    where: Where


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeFact:
    """A type that crosses an edge: ``pandas.DataFrame`` named by the annotation of a parameter or result."""

    name: str
    subject: str
    where: Where


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandFact:
    """One program that is started.

    program:  its name without folders: ``ffmpeg``
    words:    the command line; a word with ``UNKNOWN_PART`` in it is only known when the code runs
    text:     the same as a person would write it
    optional: the code only asks whether the program is there
    """

    program: str
    words: tuple[str, ...]
    text: str
    where: Where
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything one function reaches. Each tuple is sorted by place and free of duplicates."""

    imports: tuple[ImportFact, ...] = ()
    calls: tuple[CallFact, ...] = ()
    texts: tuple[TextFact, ...] = ()
    types: tuple[TypeFact, ...] = ()
    commands: tuple[CommandFact, ...] = ()
    slices: tuple[Slice, ...] = ()
    data: tuple[DataFile, ...] = ()
    warnings: tuple[Warn, ...] = ()
