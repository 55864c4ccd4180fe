"""Import roots: where a dotted name lives below them, and under which names they make a file importable."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops0.core.analyzer.project.already_loaded import ALREADY_LOADED
from ops0.core.analyzer.project.inside import imports_of
from ops0.core.analyzer.syntax.parse import Parse
from ops0.core.analyzer.syntax.stdlib import is_stdlib
from ops0.core.project_files import Source

if TYPE_CHECKING:
    from ops0.core.analyzer.project.modules import Project

__all__ = [
    "ModulePlace",
    "all_roots",
    "find_below",
    "folder_of",
    "join",
    "names_below",
    "package_of",
    "with_folder",
]


_IMPORTS = rb"^[ \t]*(?:from[ \t]+%b[. \t]|import[ \t](?:[^#\n]*[ \t,])?%b(?:[ \t.,;#]|$))"


@dataclass(frozen=True, slots=True)
class ModulePlace:
    """Where a dotted module lives.

    packages: the ``__init__`` files on the way, its own included;  path: None for a namespace package
    """

    path: str | None
    packages: tuple[str, ...]


def all_roots(given: Sequence[str], late: Sequence[str]) -> tuple[str, ...]:
    """The roots of a project: those that are given, then those that its code adds."""
    roots = tuple(posixpath.normpath(root or ".") for root in given) or (".",)
    return tuple(dict.fromkeys((*roots, *late)))


def with_folder(
    source: Source, entry: str, roots: Sequence[str], python: str, parse: Parse
) -> tuple[str, ...]:
    """The given roots and the entry's own folder, as Python has it for a file that it runs.

    Not of ``resources/github.py`` that imports ``github``: it would be its own import, so it is run in no such way,
    but imported as ``resources.github``. Of a file that stands in a given root itself there is no telling.
    Nor a package of another root that would hide what Python itself has, ``http`` by ``django/http``: nobody could
    start there, unless the entry takes another module of it by its bare name. The entry's own folder may, but for a
    file that imports relatively, which Python cannot run so.
    Nor a package that the entry itself imports from as one, and that has nothing of what it names without it.

    parse: what parses the entry, which is asked only where a package is in question
    """
    folder = folder_of(entry)
    given = dict.fromkeys(posixpath.normpath(root or ".") for root in roots)
    every = _without_packages(source, entry, tuple(dict.fromkeys((*given, folder))), python, parse)
    others = tuple(one for one in every if one != folder)
    if names_below(others, entry.removesuffix(".py")):
        name = re.escape(posixpath.basename(entry).removesuffix(".py")).encode()
        if re.search(_IMPORTS % (name, name), source.read(entry) or b"", re.MULTILINE):
            return others
    return every


def _without_packages(
    source: Source, entry: str, every: Sequence[str], python: str, parse: Parse
) -> tuple[str, ...]:
    """The roots but for packages that the entry imports from as such (Imports.lie_in), and those that hide Python's."""
    packages = [one for one in every if source.read(join(one, "__init__.py")) is not None]
    tops = [one for one in every if one not in packages]
    named = {one: names_below(tops, one) for one in packages}
    if not any(named.values()):
        return tuple(every)
    imports = imports_of(source, entry, parse)
    left = tuple(
        one for one in every if not named.get(one) or not imports.lie_in(source, one, named[one][0])
    )
    own = None if imports.levels else folder_of(entry)
    return tuple(
        one
        for one in left
        if one in (own, *tops)
        or not names_below([root for root in left if root != one], one)
        or not _hides_python(source, one, python)
        or imports.need(source, one, python)
    )


def _hides_python(source: Source, folder: str, python: str) -> bool:
    """Whether a package holds a module by a name of Python's own that is loaded late; ``test`` nobody imports."""
    if source.read(join(folder, "__init__.py")) is None:
        return False
    for entry in source.list(folder):
        name = entry.removesuffix(".py")
        is_module = name != entry or source.read(join(folder, f"{name}/__init__.py")) is not None
        if is_module and name != "test" and name not in ALREADY_LOADED and is_stdlib(name, python):
            return True
    return False


def find_below(project: Project, root: str, parts: Sequence[str]) -> ModulePlace | None:
    """The module of that name below one root, as Python would find it; None where there is none."""
    folder, packages = root, []
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        inner = join(folder, part)
        package = join(inner, "__init__.py")
        if project.read(package) is not None:
            packages.append(package)
            if last:
                return ModulePlace(package, tuple(packages))
        elif last and project.read(f"{inner}.py") is not None:
            return ModulePlace(f"{inner}.py", tuple(packages))
        elif not project.source.is_dir(inner):
            return None
        folder = inner
    return ModulePlace(None, tuple(packages))


def names_below(roots: Iterable[str], stem: str) -> tuple[str, ...]:
    """The dotted names under which roots make a file importable; () where none does. ``stem``: without ``.py``."""
    inside = (posixpath.relpath(stem, root) for root in roots)
    return tuple(
        one.replace("/", ".") for one in inside if not one.startswith(".") and "." not in one
    )


def package_of(roots: Iterable[str], folder: str) -> str | None:
    """The dotted package of a folder as relative imports see it; None where it is no package."""
    folder = posixpath.normpath(folder or ".")
    # The shallowest root wins: `pkg/a.py` can be `pkg.a` even if `pkg` is an import root too.
    for root in sorted(roots, key=len):
        inside = posixpath.relpath(folder, root)
        if not inside.startswith(".") and "." not in inside:
            return inside.replace("/", ".")
    return None


def folder_of(path: str) -> str:
    """The folder that a file stands in, ``.`` at the top."""
    return posixpath.dirname(path) or "."


def join(folder: str, name: str) -> str:
    """A path below a folder of the project, without a leading ``./``."""
    return posixpath.normpath(posixpath.join(folder, name))
