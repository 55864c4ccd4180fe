"""The project's own modules: found by name below the import roots, parsed once."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from ops0.core.analyzer.errors import SourceMissing
from ops0.core.analyzer.project.already_loaded import ALREADY_LOADED
from ops0.core.analyzer.project.memory import Memory
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.roots import (
    ModulePlace,
    all_roots,
    find_below,
    folder_of,
    join,
    names_below,
    package_of,
)
from ops0.core.analyzer.syntax.conditions import decider
from ops0.core.analyzer.syntax.notebooks import module_file, parse_notebook
from ops0.core.analyzer.syntax.parse import Parse, Parsed, parse
from ops0.core.locked import Target
from ops0.core.notebooks.document import is_notebook
from ops0.core.pipeline import CellLines
from ops0.core.project_files import Source

if TYPE_CHECKING:
    from ops0.core.analyzer.effects.world import World
    from ops0.core.analyzer.hidden.syspath import Changes

__all__ = ["Project"]


class Project:
    """The source with its import roots, for one target. Everything is read and parsed at most once.

    memory:  what has been found out about several modules, the same for every step
    calling: the modules that call something by a name, among them those whose kept units do
    without: by question what has nothing for it, see ``having.py``
    """

    def __init__(
        self,
        source: Source,
        roots: Sequence[str],
        target: Target,
        late: Sequence[str] = (),
        parse: Parse = parse,
    ) -> None:
        """``late``: roots that the code adds itself; modules are not named after them.  parse: what parses a file."""
        self.source = source
        self._parse = parse
        self.given, self.roots = all_roots(roots, ()), all_roots(roots, late)
        self.more: set[str] = set()
        self.target = target
        self.decide = decider(target)
        self.worlds: dict[str, World] = {}
        self.others: list[Project] = []
        self.path_changes: dict[str, Changes] = {}
        self.memory = Memory()
        self.calling: defaultdict[str, set[str]] = defaultdict(set)
        self.without: defaultdict[Hashable, set[object]] = defaultdict(set)
        self._bytes: dict[str, bytes | None] = {}
        self._modules: dict[str, Module] = {}
        self.found: dict[str, ModulePlace | None] = {}
        self._cells: dict[str, CellLines] = {}
        self.packages: dict[str, str | None] = {}

    def on(self, target: Target) -> Project:
        """The same project for another target."""
        other = Project(self.source, self.given, target, self.roots, self._parse)
        other.more = self.more
        self.others.append(other)
        return other

    def start_in(self, folder: str) -> None:
        """Note that the code imports from a folder too. See with_all_roots."""
        if folder not in self.roots:
            self.more.add(folder)

    def loaded(self) -> tuple[Module, ...]:
        """The modules that have been read so far, by path."""
        return tuple(self._modules[path] for path in sorted(self._modules))

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
                raise SourceMissing(path, self._sources_beside(path))
            if is_notebook(path):
                parsed = parse_notebook(path, data)
                self._take_written(path, parsed)
            else:
                parsed = self._parse(path, data, self._cells.get(path))
            self._modules[path] = Module(self, path, parsed)
        return self._modules[path]

    def _sources_beside(self, path: str) -> list[str]:
        """The Python files and notebooks in a file's folder."""
        folder, slash, _ = path.rpartition("/")
        return [
            f"{folder}{slash}{name}"
            for name in self.source.list(folder)
            if name.endswith((".py", ".ipynb"))
        ]

    def _take_written(self, path: str, parsed: Parsed) -> None:
        """What a notebook's cells write counts before what stands on the disk: running all cells replaces that."""
        for name, made in parsed.written:
            beside = join(folder_of(path), name)
            self._bytes[beside] = made.text.encode()
            self._cells[beside] = made.places

    def file_of(self, path: str) -> str:
        """Where the slice of a module stands. See Slice.path."""
        return module_file(path, self._is_taken) if is_notebook(path) else path

    def _is_taken(self, stem: str) -> bool:
        return self.read(f"{stem}.py") is not None or self.source.is_dir(stem)

    def locate(self, dotted: str) -> ModulePlace | None:
        """Find a module of the project by name, as Python would along the import roots; None if it is not one.

        A folder without ``__init__.py`` counts only where a file is found below it: else an installed
        package of that name is meant.
        """
        if dotted not in self.found:
            top = dotted.partition(".")[0]
            own = bool(dotted) and top != "ops0" and top not in ALREADY_LOADED
            roots = self.roots if own else ()
            tries = (find_below(self, root, dotted.split(".")) for root in roots)
            found = [one for one in tries if one is not None]
            self.found[dotted] = next(
                (one for one in found if one.path), found[0] if found else None
            )
        return self.found[dotted]

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
        if folder not in self.packages:
            self.packages[folder] = package_of(self.roots, folder)
        return self.packages[folder]

    def names(self, path: str) -> tuple[str, ...]:
        """The dotted names under which the import roots make a file importable; its stem where none does."""
        stem = self.file_of(path).removesuffix("/__init__.py").removesuffix(".py")
        return (
            names_below(self.given, stem)
            or names_below(self.roots, stem)
            or (posixpath.basename(stem),)
        )
