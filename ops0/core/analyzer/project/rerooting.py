"""Other import roots for a project of which much is known already: where that changes nothing that it has said.

The files of a project have different roots, their own folders. Most folders hold nothing by a name that any file
imports, and then what is known of all modules holds for the files of both.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from contextlib import suppress

from ops0.core.analyzer.project.already_loaded import ALREADY_LOADED
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.roots import all_roots, package_of
from ops0.core.errors import Ops0Error

__all__ = ["reroot"]


def reroot(project: Project, given: tuple[str, ...], late: tuple[str, ...]) -> bool:
    """Let a project start its imports elsewhere; False, and nothing done, where a name might then mean another module.

    given, late: see Project
    """
    old, new = project.roots, all_roots(given, late)
    common = set(old) & set(new)
    if project.others or [one for one in old if one in common] != [
        one for one in new if one in common
    ]:
        return False
    tops = {dotted.partition(".")[0] for dotted in project.found} - ALREADY_LOADED
    asked = {one.casefold() for one in tops}
    if any(_offers(project, root, asked) for root in set(old) ^ set(new)):
        return False
    if any(package_of(new, folder) != known for folder, known in project.packages.items()):
        return False
    project.given, project.roots = all_roots(given, ()), new
    for module in project.loaded():  # a module may be named after another root
        vars(module).pop("name", None)
        module.memory.slices.clear()
    project.path_changes.clear()
    return True


def _offers(project: Project, root: str, names: AbstractSet[str]) -> bool:
    """Whether a folder holds anything by one of these names, however they are written; yes where nobody can tell."""
    with suppress(Ops0Error):
        return any(one.removesuffix(".py").casefold() in names for one in project.source.list(root))
    return True
