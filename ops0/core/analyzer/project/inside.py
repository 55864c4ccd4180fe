"""Folders of a package that are no import roots: what imports say of how Python finds the file that they stand in."""

from __future__ import annotations

import ast
import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from ops0.core.analyzer.syntax.parse import Parse
from ops0.core.analyzer.syntax.stdlib import is_stdlib
from ops0.core.errors import AnalysisError
from ops0.core.notebooks.document import is_notebook
from ops0.core.project_files import Source

__all__ = ["Imports", "imports_of"]


_ANY_NAME = re.compile(rb"^\s*from .* import \*|\bglobals\(\)|\b__getattr__\b", re.MULTILINE)
"""What gives a module names that do not stand in it."""
Wanted = tuple[str, frozenset[str]]
"""A module that is imported by its absolute name, and what is taken out of it."""


@dataclass(frozen=True, slots=True)
class Imports:
    """What a file imports, wherever in it that stands.

    levels: of its relative imports, how many dots each has
    """

    entry: str
    levels: frozenset[int]
    wanted: tuple[Wanted, ...]

    def lie_in(self, source: Source, folder: str, package: str) -> bool:
        """Whether a folder of a package, the entry's own or one above, is no import root when the entry is imported.

        So it is where the entry imports relatively, ``from ..app import x``, or would be its own import, and no module
        of the folder has what the entry takes by a bare name: ``from amqp import Connection`` beside
        ``celery/app/amqp.py``, which has none, means the library. An absolute name of the package tells nothing: a
        script beside ``__init__.py`` says it too, where the folder above is on Python's path.

        package: the dotted name of the folder
        """
        answers = [_answers(source, folder, self.entry, *one) for one in self.wanted]
        if "has" in answers:
            return False
        if any(_anchor(self.entry, level, folder) for level in self.levels):
            return True
        tops = {_top(module) for module, _ in self.wanted}
        return "itself" in answers and _top(package) in tops

    def need(self, source: Source, folder: str, python: str) -> bool:
        """Whether the entry takes a module of the folder by its bare name, one that Python itself has none of."""
        return any(
            _answers(source, folder, self.entry, module, names) == "has"
            for module, names in self.wanted
            if not is_stdlib(_top(module), python)
        )


def imports_of(source: Source, entry: str, parse: Parse) -> Imports:
    """The imports of a file; none of a notebook, which is no module, nor of what cannot be read: others tell that."""
    data = None if is_notebook(entry) else source.read(entry)
    try:
        tree = ast.Module([], []) if data is None else parse(entry, data, None).tree
    except AnalysisError:
        tree = ast.Module([], [])
    taken: defaultdict[str, set[str]] = defaultdict(set)
    tried = set[ast.AST]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            tried.update(inner for one in node.body for inner in ast.walk(one))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            is_told = not isinstance(node.ctx, ast.Load) or node.attr.startswith("__")
            taken[node.value.id].update(() if is_told else (node.attr,))
    levels, wanted = set[int](), list[Wanted]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                whole = one.asname is not None or "." not in one.name
                names = taken[one.asname or one.name] if whole else ()
                wanted.append((one.name, frozenset(names)))
        elif isinstance(node, ast.ImportFrom) and node.level:
            if node not in tried:  # which one that is run as a script goes past
                levels.add(node.level)
        elif isinstance(node, ast.ImportFrom) and node.module:
            wanted.append((node.module, frozenset(one.name for one in node.names) - {"*"}))
    return Imports(entry, frozenset(levels), tuple(wanted))


def _top(dotted: str) -> str:
    return dotted.partition(".")[0]


def _anchor(entry: str, level: int, folder: str) -> bool:
    """Whether a relative import starts in the folder or above it: ``from ..x`` of ``app/task/a.py`` in ``app``."""
    anchor = entry
    for _ in range(level):
        anchor = posixpath.dirname(anchor)
    return not anchor or f"{folder}/".startswith(f"{anchor}/")


def _answers(
    source: Source, folder: str, entry: str, module: str, names: frozenset[str]
) -> Literal["has", "itself", ""]:
    """Whether a module of the folder has any of what an import takes, or is the file that imports it."""
    inner = posixpath.normpath(posixpath.join(folder, module.replace(".", "/")))
    path = next(
        (one for one in (f"{inner}/__init__.py", f"{inner}.py") if source.read(one) is not None), ""
    )
    if path == entry:
        return "itself"
    text = source.read(path) or b"" if path else b""
    has = (path or source.is_dir(inner)) and (
        not names
        or _ANY_NAME.search(text)
        or any(
            re.search(rb"\b%b\b" % re.escape(name.encode()), text)
            or source.read(f"{inner}/{name}.py") is not None
            or source.is_dir(f"{inner}/{name}")
            for name in names
        )
    )
    return "has" if has else ""
