"""What several analyses of one source share: files that have been parsed, and the last projects with all that is known.

A tool that asks about many files of a project asks about most of its modules again and again.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.rerooting import reroot
from ops0.core.analyzer.project.resting import let_go
from ops0.core.analyzer.syntax.parse import Parsed, parse
from ops0.core.locked import Target
from ops0.core.notebooks.document import is_notebook
from ops0.core.pipeline import CellLines
from ops0.core.project_files import Source

__all__ = ["Shelf"]

MOST = 2
"""Projects that are held at a time: that of the files of one folder, and the one with roots that their code adds."""
_WORLDS = 4
"""Worlds that a project keeps for the files to come: each knows what hundreds of modules do."""


@dataclass(eq=False)
class Shelf:
    """Parsed files by path, and projects by what they depend on. Whoever made it closes it.

    most: how many projects are held at a time. One, where there is one file: then nobody asks the project again that
          its code adds roots to, and of a large one some hundred MB are known
    """

    source: Source
    most: int = MOST
    _parsed: dict[str, tuple[bytes, CellLines | None, Parsed]] = field(default_factory=dict)
    _projects: OrderedDict[tuple[object, ...], Project] = field(default_factory=OrderedDict)

    def project(
        self, entry: str, roots: tuple[str, ...], target: Target, late: tuple[str, ...]
    ) -> Project:
        """The project with these roots; it knows what earlier questions have found out.

        A notebook has its own: what its cells write stands before what lies on the disk.
        """
        key = (target, entry if is_notebook(entry) else None, roots, late)
        if key not in self._projects:
            self._projects[key] = self._rerooted(key, roots, late) or self._made(
                roots, target, late
            )
        self._projects.move_to_end(key)
        made = self._projects[key]
        for path in tuple(made.worlds)[:-_WORLDS]:
            vars(made.worlds.pop(path)).clear()
        return made

    def _rerooted(
        self, key: tuple[object, ...], roots: tuple[str, ...], late: tuple[str, ...]
    ) -> Project | None:
        """A project of other roots of which all that is known holds for these too."""
        for known in reversed(self._projects):
            if known[:2] == key[:2] and reroot(self._projects[known], roots, late):
                return self._projects.pop(known)
        return None

    def _made(self, roots: tuple[str, ...], target: Target, late: tuple[str, ...]) -> Project:
        while len(self._projects) >= self.most:
            let_go(self._projects.popitem(last=False)[1])
        return Project(self.source, roots, target, late, self.parse)

    def parse(self, path: str, data: bytes, cells: CellLines | None) -> Parsed:
        """See ``parse``: once for the same text."""
        known = self._parsed.get(path)
        if known is None or known[:2] != (data, cells):
            known = self._parsed[path] = (data, cells, parse(path, data, cells))
        return known[2]

    def close(self) -> None:
        """Let go of all projects."""
        while self._projects:
            let_go(self._projects.popitem()[1])
        self._parsed.clear()
