"""What the analyzer saw in the code that one function reaches, before anything is named a distribution.

``ops0.core.analyzer`` makes these, ``ops0.core.requirements`` reads them; neither knows the other's insides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from ops0.core.errors import Ops0Error
from ops0.core.pipeline import DataFile, Slice, Warn, Where

_SAYING = frozenset(
    {"print", "warnings.warn", "pprint.pprint", "rich.print", "click.echo", "typer.echo"}
)
_LOGGERS = ("logging.", "loguru.", "structlog.")
_LOG_METHODS = (
    ".critical",
    ".debug",
    ".error",
    ".exception",
    ".info",
    ".log",
    ".warning",
    "Error",
    "Exception",
    "Warning",
)
CALLED = ".()"
"""The name of a call of a value itself: ``processor(...)``."""
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
              of something unknown, CALLED where a value itself is called
    literals: (``"0"``, ``"1"`` … or the keyword, text) for each argument that is a known string or None/True/False
              (as ``"None"``, ``"True"``, ``"False"``); ``…`` stands for the unknown parts of a text. An argument
              that may be one of several, or holds several, makes a fact for each
    maker:    of a method, the library's class that made what it is called on, ``PIL.Image.new``; "" if nobody tells
    """

    name: str
    literals: tuple[tuple[str, str], ...]
    where: Where
    maker: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextFact:
    """One string constant that the step can reach; f-strings by their known head.

    given: the name of the call that takes it, ``logging.info``, or ``==`` for a comparison; "" where it may go anywhere
    """

    text: str
    where: Where
    given: str = ""


def says_only(name: str) -> bool:
    """Whether a call of that name writes its texts out for people and does nothing else with them.

    >>> says_only("logging.info"), says_only(".log.warning"), says_only("ValueError"), says_only(".get")
    (True, True, True, False)
    """
    return name in _SAYING or name.startswith(_LOGGERS) or name.endswith(_LOG_METHODS)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFact:
    """Something of a library that is read and not called, ``xgboost.XGBClassifier``, or an attribute, ``.style``.

    where: the first place
    """

    name: str
    where: Where

    @property
    def is_own(self) -> bool:
        """Whether it is something of ops0."""
        return self.name.startswith("ops0.")


@dataclass(frozen=True, kw_only=True, slots=True)
class TypeFact:
    """A type that crosses an edge: ``pandas.DataFrame`` named by the annotation of a parameter or result.

    made:     no annotation says so: ``name`` is the call that made the value, or one of the values in it
    literals: of that call, as in CallFact; one tuple for each alternative
    optional: the code imports it on trial and has something else where it is missing
    """

    name: str
    subject: str
    where: Where
    made: bool = False
    literals: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    optional: bool = False

    @property
    def text(self) -> str:
        """The fact as a person would say it."""
        return f"{self.subject} {'may hold what' if self.made else 'is a'} {self.name}{' gives' if self.made else ''}"


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
class Uses:
    """What some code calls, says and reads, each sorted by place without duplicates; ``reads`` one for each name.

    shared: other functions have this very value too, so what it tells is worth remembering
    """

    calls: tuple[CallFact, ...] = ()
    texts: tuple[TextFact, ...] = ()
    reads: tuple[ReadFact, ...] = ()
    shared: bool = field(default=False, compare=False)


def first_reads(parts: Sequence[Sequence[ReadFact]]) -> tuple[ReadFact, ...]:
    """The first read of each name. ``parts``: by place, each with one for each name.

    Put together table by table: a step reads thousands of names.
    """
    tables = [{one.name: one for one in part} for part in parts if part]
    found: dict[str, ReadFact] = {}
    for table in tables:  # in which order names come
        found.update(table)
    for table in reversed(tables):  # where each is read first
        found.update(table)
    return tuple(found.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything one function reaches. Each tuple is sorted by place and free of duplicates.

    uses:   module by module
    writes: the files of the project that are written
    faults: what could not be followed; all else is what was found beside it
    """

    imports: tuple[ImportFact, ...] = ()
    uses: tuple[Uses, ...] = ()
    types: tuple[TypeFact, ...] = ()
    commands: tuple[CommandFact, ...] = ()
    slices: tuple[Slice, ...] = ()
    data: tuple[DataFile, ...] = ()
    writes: frozenset[str] = frozenset()
    warnings: tuple[Warn, ...] = ()
    faults: tuple[Ops0Error, ...] = ()

    @property
    def calls(self) -> tuple[CallFact, ...]:
        """All calls."""
        return tuple(chain.from_iterable(part.calls for part in self.uses))

    @property
    def texts(self) -> tuple[TextFact, ...]:
        """All texts."""
        return tuple(chain.from_iterable(part.texts for part in self.uses))

    @property
    def reads(self) -> tuple[ReadFact, ...]:
        """The first read of each name."""
        return first_reads([part.reads for part in self.uses])
