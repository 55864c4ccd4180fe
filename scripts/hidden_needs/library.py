"""A library as its wheel has it: modules as syntax trees, and what installing it always brings."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.parser import HeaderParser
from functools import cached_property
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

_ASIDE = re.compile(
    r"(^|/)(tests?|test_\w+|\w+_test|testing|conftest|examples?|benchmarks?|_?vendor(ed)?|docs)(/|\.py$)"
)
_EXTRA = re.compile(r"extra == [\"']([^\"']+)[\"']")
_MAKERS = re.compile(
    r"(unit|integration)?_?-?(test|dev|doc|lint|quality|ci$|check|build|release|bench)"
)
"""Extras for those who make the library, not for those who use it."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Module:
    """One file.

    name: dotted;    path: inside the wheel;    package: whether it is an ``__init__``
    """

    name: str
    path: str
    tree: ast.Module
    package: bool

    def absolute(self, level: int, module: str | None) -> str:
        """What ``from ..x import y`` means here."""
        if not level:
            return module or ""
        parts = self.name.split(".")
        kept = parts[: len(parts) - level + (1 if self.package else 0)]
        return ".".join([*kept, module] if module else kept)


@dataclass(frozen=True, kw_only=True, eq=False)
class Library:
    """One distribution.

    requires: distributions that it always asks for, normalised;    extras: those of its extras
    bounds: distribution -> the versions of it that its extras take, together
    """

    name: str
    requires: frozenset[str]
    extras: frozenset[str] = frozenset()
    bounds: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, Module] = field(default_factory=dict)

    @cached_property
    def tops(self) -> frozenset[str]:
        """The names that it is imported by."""
        return frozenset(name.partition(".")[0] for name in self.modules)

    def is_foreign(self, dotted: str) -> bool:
        """Whether neither the library itself nor Python has a module."""
        top = dotted.partition(".")[0]
        return bool(top) and top not in self.tops and top not in sys.stdlib_module_names


def read_library(folder: Path, *, modules: bool = True) -> Library:
    """Read an unpacked wheel. Files that do not parse are passed over: templates, other Pythons' syntax.

    modules: False for only what it asks for: the trees of a hundred libraries are more than a machine's memory
    """
    info = next(folder.glob("*.dist-info"))
    headers = HeaderParser().parsestr((info / "METADATA").read_text("utf-8", "replace"))
    asked = [Requirement(line) for line in headers.get_all("Requires-Dist") or ()]
    return Library(
        name=canonicalize_name(headers["Name"]),
        requires=frozenset(canonicalize_name(one.name) for one in asked if _always(one)),
        extras=frozenset(canonicalize_name(one.name) for one in asked if not _always(one)),
        bounds=_bounds(asked),
        modules={one.name: one for one in _modules(folder)} if modules else {},
    )


def brought_by(libraries: Mapping[str, Library], name: str) -> frozenset[str]:
    """What installing a library brings, as far as the libraries that are read say so."""
    found: set[str] = set()
    open_ = [name]
    while open_:
        library = libraries.get(open_.pop())
        for need in library.requires - found if library else ():
            found.add(need)
            open_.append(need)
    return frozenset(found)


def _bounds(asked: Iterable[Requirement]) -> Mapping[str, str]:
    """The versions that a user's extras take together; of a marker beside an extra's they may be for other machines."""
    found: dict[str, SpecifierSet] = defaultdict(SpecifierSet)
    for one in asked:
        extra = _EXTRA.fullmatch(str(one.marker or ""))
        if extra and one.specifier and not _MAKERS.match(extra[1]):
            found[canonicalize_name(one.name)] &= one.specifier
    return {name: str(bounds) for name, bounds in found.items()}


def _always(requirement: Requirement) -> bool:
    marker = requirement.marker
    return marker is None or ("extra" not in str(marker) and marker.evaluate({"extra": ""}))


def _modules(folder: Path) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(folder).as_posix()
        if ".data/" in inside or _ASIDE.search(inside):
            continue
        parts = inside.removesuffix(".py").split("/")
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the library's own escapes
                tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        yield Module(name=name, path=inside, tree=tree, package=package)
