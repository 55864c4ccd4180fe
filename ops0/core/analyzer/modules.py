"""The project's own modules: found by name below the import roots, parsed once."""

from __future__ import annotations

import ast
import posixpath
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ops0.core.analyzer.conditions import decider
from ops0.core.analyzer.errors import SourceMissing, SourceTooDeep
from ops0.core.analyzer.extract import extract
from ops0.core.analyzer.memory import Memory
from ops0.core.analyzer.model import Extract, Imported, Unit
from ops0.core.analyzer.parse import Parsed, parse
from ops0.core.analyzer.reading import Surroundings
from ops0.core.analyzer.stdlib import is_stdlib
from ops0.core.analyzer.units import split_units
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.source import Source

__all__ = ["Found", "Module", "Project", "join"]

_DOTTED = re.compile(rb"\bfrom[\s\\]*\.")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a dotted module lives.

    packages: the ``__init__`` files on the way, its own included;  path: None for a namespace package
    """

    path: str | None
    packages: tuple[str, ...]


@dataclass(eq=False)
class Module:
    """One parsed file with its units.

    memory: what has been found out about it, the same for every step that asks
    """

    project: Project
    path: str
    parsed: Parsed
    memory: Memory = field(default_factory=Memory)
    _extracts: dict[int, Extract] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """Its dotted name: the shortest that an import root gives; the whole one if it imports relatively."""
        names = self.project.names(self.path)
        return max(names, key=len) if self._is_relative else min(names, key=len)

    @property
    def _is_relative(self) -> bool:
        """Whether it has an import with leading dots. Most files have none, and show it without a walk."""
        return _DOTTED.search(self.parsed.text) is not None and any(
            isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(self.parsed.tree)
        )

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Its top-level statements. See split_units."""
        return split_units(self.parsed.tree, self.project.decide)

    @cached_property
    def bindings(self) -> dict[str, tuple[Unit, ...]]:
        """Name to the units that bind it, in the order of the source; dead ones left out."""
        return _bindings(unit for unit in self.units if not unit.dead)

    @cached_property
    def typing_bindings(self) -> dict[str, tuple[Unit, ...]]:
        """The same with ``if TYPE_CHECKING`` branches: what annotations may name."""
        return _bindings(self.units)

    @cached_property
    def stars(self) -> tuple[tuple[Unit, Imported], ...]:
        """``from x import *`` at the top, also inside ``try``."""
        found: list[tuple[Unit, Imported]] = []
        for unit in self.units:
            if unit.dead or unit.kind in ("define", "block"):
                continue
            made = unit.imports
            if not made and isinstance(unit.node, ast.Try):
                made = self.extract(unit).imports
            found += [(unit, one) for one in made if one.name == "*"]
        return tuple(found)

    @cached_property
    def lazy(self) -> bool:
        """Whether ``from __future__ import annotations`` is in force."""
        return any(
            one.module == "__future__" and one.name == "annotations"
            for unit in self.units
            for one in unit.imports
        )

    @cached_property
    def asks_for_subclasses(self) -> bool:
        """Whether ``__subclasses__`` stands in it anywhere."""
        return b"__subclasses__" in self.parsed.text

    def reads_name(self, name: str) -> bool:
        """Whether a living unit reads a name. Only units in which it stands, or could be hidden, are looked at."""
        return self.memory.once(("reads", name), lambda: self._reads_name(name))

    def _reads_name(self, name: str) -> bool:
        # Letters beyond ASCII may be normalised to these, and escapes in strings stand for any.
        hidden = self.memory.once("escapes", lambda: self.parsed.lines_with(b"\\"))
        lines = (
            None
            if not self.parsed.text.isascii()
            else [*self.parsed.lines_with(name.encode()), *hidden]
        )
        return any(
            any(read.chain[0] == name for read in self.extract(unit).reads)
            for unit in self.units
            if not unit.dead and (lines is None or _stands_in(unit.node, lines))
        )

    @cached_property
    def surroundings(self) -> Surroundings:
        """What walks over its code need to know."""
        return Surroundings(
            always=self._always,
            decide=self.project.decide,
            names=frozenset(self.bindings),
            lazy=self.lazy,
        )

    def extract(self, unit: Unit) -> Extract:
        """What one unit uses; for a block its header only."""
        if unit.index not in self._extracts:
            nodes = _header(unit.node) if unit.kind == "block" else [unit.node]
            try:
                found = extract(nodes, self.surroundings)
            except RecursionError:
                raise SourceTooDeep(f"{self.path}:{unit.node.lineno}") from None
            self._extracts[unit.index] = found
        return self._extracts[unit.index]

    def where(self, line: int) -> Where:
        """A place in this file."""
        return Where(self.path, line)

    def absolute(self, one: Imported) -> str | None:
        """The dotted module that an import names; None where dots lead above the import roots."""
        if not one.level:
            return one.module
        folder = posixpath.dirname(self.path)
        for _ in range(one.level - 1):
            if folder in ("", "."):
                return None
            folder = posixpath.dirname(folder)
        package = self.project.dotted(folder)
        if package is None:
            return None
        return ".".join(part for part in (package, one.module) if part)

    def _always(self, module: str, level: int) -> bool:
        dotted = self.absolute(Imported(module=module, level=level))
        return dotted is not None and (
            self.project.locate(dotted) is not None or is_stdlib(dotted, self.project.target.python)
        )


class Project:
    """The source with its import roots, for one target. Everything is read and parsed at most once."""

    def __init__(self, source: Source, roots: Sequence[str], target: Target) -> None:
        self.source = source
        self.roots = tuple(dict.fromkeys(posixpath.normpath(root or ".") for root in roots)) or (
            ".",
        )
        self.target = target
        self.decide = decider(target)
        self._bytes: dict[str, bytes | None] = {}
        self._modules: dict[str, Module] = {}
        self._found: dict[str, Found | None] = {}

    def read(self, path: str) -> bytes | None:
        """A file's bytes, or None."""
        if path not in self._bytes:
            self._bytes[path] = self.source.read(path)
        return self._bytes[path]

    def module(self, path: str) -> Module:
        """The module in that file. Raises SourceMissing and what parse raises."""
        if path not in self._modules:
            data = self.read(path)
            if data is None:
                raise SourceMissing(path)
            self._modules[path] = Module(self, path, parse(path, data))
        return self._modules[path]

    def locate(self, dotted: str) -> Found | None:
        """Find a module of the project by name, as Python would along the import roots; None if it is not one.

        A folder without ``__init__.py`` counts only where a file is found below it: else an installed
        package of that name is meant.
        """
        if dotted not in self._found:
            top = dotted.partition(".")[0]
            own = bool(dotted) and top != "ops0" and top not in sys.builtin_module_names
            tries = (
                (self._below(root, dotted.split(".")) for root in self.roots) if own else iter(())
            )
            found = [one for one in tries if one is not None]
            self._found[dotted] = next(
                (one for one in found if one.path), found[0] if found else None
            )
        return self._found[dotted]

    def is_local(self, dotted: str) -> bool:
        """Whether a dotted name is a module of the project that has a file."""
        found = self.locate(dotted)
        return found is not None and found.path is not None

    def file_module(self, dotted: str) -> Module | None:
        """The module of that name if it is a file of the project."""
        found = self.locate(dotted)
        return self.module(found.path) if found is not None and found.path is not None else None

    def dotted(self, folder: str) -> str | None:
        """The dotted package of a folder as relative imports see it; None where it is no package."""
        folder = posixpath.normpath(folder or ".")
        # The shallowest root wins: `pkg/a.py` can be `pkg.a` even if `pkg` is an import root too.
        for root in sorted(self.roots, key=len):
            inside = posixpath.relpath(folder, root)
            if not inside.startswith(".") and "." not in inside:
                return inside.replace("/", ".")
        return None

    def names(self, path: str) -> tuple[str, ...]:
        """The dotted names under which the import roots make a file importable; its stem where none does."""
        stem = path.removesuffix("/__init__.py").removesuffix(".py")
        inside = (posixpath.relpath(stem, root) for root in self.roots)
        names = [
            one.replace("/", ".") for one in inside if not one.startswith(".") and "." not in one
        ]
        return tuple(names) or (posixpath.basename(stem),)

    def _below(self, root: str, parts: Sequence[str]) -> Found | None:
        folder, packages = root, []
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            inner = join(folder, part)
            package = join(inner, "__init__.py")
            if self.read(package) is not None:
                packages.append(package)
                if last:
                    return Found(package, tuple(packages))
            elif last and self.read(f"{inner}.py") is not None:
                return Found(f"{inner}.py", tuple(packages))
            elif not self.source.is_dir(inner):
                return None
            folder = inner
        return Found(None, tuple(packages))


def join(folder: str, name: str) -> str:
    """A path below a folder of the project, without a leading ``./``."""
    return posixpath.normpath(posixpath.join(folder, name))


def _stands_in(node: ast.stmt, lines: Iterable[int]) -> bool:
    """Whether one of the lines belongs to a statement, its decorators included."""
    first = min((one.lineno for one in getattr(node, "decorator_list", ())), default=node.lineno)
    last = node.end_lineno or node.lineno
    return any(first <= line <= last for line in lines)


def _header(node: ast.stmt) -> list[ast.AST]:
    if isinstance(node, ast.If):
        return [node.test]
    return list(node.items) if isinstance(node, ast.With) else []


def _bindings(units: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    table: dict[str, list[Unit]] = {}
    for unit in units:
        for name in sorted(unit.bound):
            table.setdefault(name, []).append(unit)
    return {name: tuple(found) for name, found in table.items()}
