"""Imports made by calls: ``importlib.import_module("x")``. What cannot be decided is said, never dropped."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator

from ops0.core.analyzer.hidden.configured import CONFIGURERS, named_in_settings
from ops0.core.analyzer.hidden.kept_answers import texts_once
from ops0.core.analyzer.hidden.plugins import files_like, keep_loaded, take_listed
from ops0.core.analyzer.hidden.scripts import run_script
from ops0.core.analyzer.hidden.sites import CallSites
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.hidden.texts import ROOT, UNKNOWN, is_known
from ops0.core.analyzer.project.modules import Project
from ops0.core.analyzer.project.roots import join
from ops0.core.analyzer.reach.reach import Reach
from ops0.core.analyzer.syntax.model import Imported
from ops0.core.pipeline import Warn, Where

__all__ = ["dynamic_imports"]

_MODULE = {
    # what makes a module of a name, and the argument that is the name
    "importlib.import_module": (0, "name"),
    "importlib.__import__": (0, "name"),
    "builtins.__import__": (0, "name"),
    "__import__": (0, "name"),
    "pkgutil.resolve_name": (0, "name"),
    "runpy.run_module": (0, "mod_name"),
    "lazy_loader.load": (0, "fullname"),
    "jinja2.PackageLoader": (0, "package_name"),
    "jinja2.loaders.PackageLoader": (0, "package_name"),
    "pytest.importorskip": (0, "modname"),
    "pandas.compat._optional.import_optional_dependency": (0, "name"),
}
_OBJECT = {
    # what looks up `package.module.Thing`, and the argument that is its name; -1: by its keyword alone
    "IPython.utils.importstring.import_item": (0, "name"),
    "airflow.utils.module_loading.import_string": (0, "dotted_path"),
    "celery.utils.imports.symbol_by_name": (0, "name"),
    "django.utils.module_loading.import_string": (0, "dotted_path"),
    "hydra.utils.get_class": (0, "path"),
    "hydra.utils.get_method": (0, "path"),
    "hydra.utils.get_object": (0, "path"),
    "kombu.utils.imports.symbol_by_name": (0, "name"),
    "prefect.utilities.importtools.import_object": (0, "import_path"),
    "prefect_dask.DaskTaskRunner": (-1, "cluster_class"),
    "prefect_dask.task_runners.DaskTaskRunner": (-1, "cluster_class"),
    "pydoc.locate": (0, "path"),
    "scrapy.utils.misc.load_object": (0, "path"),
    "traitlets.utils.importstring.import_item": (0, "name"),
    "werkzeug.utils.import_string": (0, "import_name"),
}
# Known by its last name: projects copy the class from one another.
_LOADER, _LOADED = "LazyLoader", (2, "name")
_FILE = {
    "runpy.run_path": (0, "path_name"),
    "importlib.util.spec_from_file_location": (1, "location"),
    "importlib.machinery.SourceFileLoader": (1, "path"),
}
_FOUND = frozenset({"pkgutil.iter_modules", "pkgutil.walk_packages"})
_BY_FINDER = frozenset({"find_spec", "find_module"})
_LAST = _BY_FINDER | {
    name.rpartition(".")[2] for name in (*_MODULE, *_OBJECT, *_FILE, *_FOUND, *CONFIGURERS, _LOADER)
}


def dynamic_imports(reach: Reach, sites: CallSites, spots: Spots) -> tuple[Warn, ...]:
    """Follow the import calls of all reached code; gives what cannot be decided."""
    warnings: dict[Warn, None] = {}
    for module, call, name in sites.foreign(_LAST):
        place = Spot(module, call.node, module.around.get(id(call.node), ()))
        if name in _MODULE:
            warnings.update(dict.fromkeys(_modules(reach, spots, place, *_MODULE[name])))
        elif call.chain[-1] == _LOADER and len(call.node.args) == 3:
            warnings.update(dict.fromkeys(_modules(reach, spots, place, *_LOADED)))
        elif name in _FILE:
            warnings.update(dict.fromkeys(_files(reach, spots, place, *_FILE[name])))
        elif name in CONFIGURERS:
            settings = argument_of(call.node, 0, "config")
            for one in named_in_settings(spots, place.at(settings)) if settings is not None else ():
                if _is_dotted(one):
                    _follow_object(reach, place, one)
        elif name in _OBJECT:
            _objects(reach, spots, place, argument_of(call.node, *_OBJECT[name]))
        elif name in _FOUND:
            take_listed(reach, spots, place)
        elif call.chain[-1] in _BY_FINDER:
            keep_loaded(reach, spots, place)
    return tuple(warnings)


def _modules(
    reach: Reach, spots: Spots, place: Spot, position: int, keyword: str
) -> Iterator[Warn]:
    argument = argument_of(place.node, position, keyword)
    names = texts_once(spots, place.at(argument)) if argument is not None else (UNKNOWN,)
    package = argument_of(place.node, 1, "package")
    base = texts_once(spots, place.at(package))[0] if package is not None else ""
    for name in names:
        if name.startswith(".") and base and is_known(base):
            name = _absolute(name, base)  # noqa: PLW2901 - the name as Python will see it
        name = name.partition(":")[0]  # noqa: PLW2901 - pkgutil's `module:attribute`
        if is_known(name) and (_is_dotted(name) or place.module.project.is_local(name)):
            _follow(reach, place, name)
        elif name.rstrip("." + UNKNOWN) and _matches(reach, place, name):
            yield _told_of_all(place, name)
        else:
            yield _unknown(place, argument)
            head = name.partition(UNKNOWN)[0].rpartition(".")[0]
            if head and _is_dotted(head):
                _follow(reach, place, head, bare=False)


def _follow(reach: Reach, place: Spot, name: str, *, bare: bool = True) -> None:
    """Follow an import of a name that is known; of ``module.attribute`` the module."""
    level = len(name) - len(name.lstrip("."))
    project = place.module.project
    if not level and project.is_local(name.rpartition(".")[0]) and not project.locate(name):
        name = name.rpartition(".")[0]
    one = Imported(module=name.lstrip("."), level=level, bound=name, whole=True, line=_line(place))
    reach.follow(place.module, one, (), None, bare=bare)
    target = project.file_module(name) if _is_main(place) else None
    if target is not None:
        run_script(reach, target, *_ran(place))


def _follow_object(reach: Reach, place: Spot, name: str) -> None:
    """Follow ``package.module.Thing``, which is looked up there by its name."""
    module, _, thing = name.rpartition(".")
    one = Imported(module=module, name=thing, bound=thing, line=_line(place))
    reach.follow(place.module, one, (), None, bare=True)


def _objects(reach: Reach, spots: Spots, place: Spot, argument: ast.expr | None) -> None:
    """Follow what texts name that are known; what else is looked up may as well be of the library itself."""
    for name in texts_once(spots, place.at(argument)) if argument is not None else ():
        if is_known(name) and "." in name and _is_dotted(name):
            _follow_object(reach, place, name)


def _matches(reach: Reach, place: Spot, name: str) -> bool:
    """Follow every module of the project that fits ``plugins.?``; says whether there is any."""
    project = place.module.project
    head = name.partition(UNKNOWN)[0]
    folder, start = head.rpartition(".")[0], head.rpartition(".")[2]
    end = name.rpartition(UNKNOWN)[2]
    found = project.locate(folder) if folder else None
    if found is None:
        return False
    modules = [
        one
        for one in _modules_in(project, folder)
        if one.startswith(start) and one.endswith(end.partition(".")[0])
    ]
    for one in modules:
        _follow(reach, place, f"{folder}.{one}")
    return bool(modules)


def _modules_in(project: Project, package: str) -> list[str]:
    """The names of the modules and packages directly in a package of the project, sorted."""
    names = {
        name.removesuffix(".py")
        for root in project.roots
        for name in project.source.list(join(root, package.replace(".", "/")))
        if name not in ("__init__.py", "__main__.py")
    }
    return sorted(one for one in names if project.is_local(f"{package}.{one}"))


def _files(reach: Reach, spots: Spots, place: Spot, position: int, keyword: str) -> Iterator[Warn]:
    argument = argument_of(place.node, position, keyword)
    paths = texts_once(spots, place.at(argument)) if argument is not None else (UNKNOWN,)
    for path in paths:
        found = [project_file(reach, path)] if is_known(path) else files_like(reach.project, path)
        if not found:
            yield _unknown(place, argument)
        elif not is_known(path):
            yield _told_of_all(place, path.replace(ROOT, "").lstrip("/"))
        for one in found:
            if one is None:
                yield _unknown(place, argument)
            elif _is_main(place):
                run_script(reach, reach.project.module(one), *_ran(place))
            else:
                reach.keep_whole(reach.project.module(one), *_ran(place))


def project_file(reach: Reach, path: str, folder: str = "") -> str | None:
    """A path as the code writes it, as a path of the project that has a file; None where there is none."""
    inside = path.removeprefix(f"{ROOT}/")
    if inside.startswith(("/", ROOT)):
        return None
    for start in dict.fromkeys((".", folder or ".") if not path.startswith(ROOT) else (".",)):
        full = posixpath.normpath(posixpath.join(start, inside))
        if not full.startswith("..") and reach.project.read(full) is not None:
            return full
    return None


def argument_of(node: ast.AST, position: int, keyword: str) -> ast.expr | None:
    """The argument of a call by its place or name."""
    assert isinstance(node, ast.Call)  # noqa: S101 - asked of calls only
    named = next((one.value for one in node.keywords if one.arg == keyword), None)
    if named is not None:
        return named
    before = node.args[: position + 1]
    fits = len(before) > position >= 0 and not any(isinstance(one, ast.Starred) for one in before)
    return node.args[position] if fits else None


def _is_main(place: Spot) -> bool:
    """``runpy.run_path("x.py", run_name="__main__")``: as a program."""
    node = place.node
    return isinstance(node, ast.Call) and any(
        one.arg == "run_name"
        and isinstance(one.value, ast.Constant)
        and one.value.value == "__main__"
        for one in node.keywords
    )


def _ran(place: Spot) -> tuple[Where, str]:
    where = place.module.where(_line(place))
    return where, f"{where}: `{ast.unparse(place.node)[:60]}` executes it"


def _absolute(name: str, package: str) -> str:
    up = len(name) - len(name.lstrip(".")) - 1
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - up], name.lstrip(".")])


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.lstrip(".").split("."))


def _line(place: Spot) -> int:
    return place.node.lineno


def _told_of_all(place: Spot, name: str) -> Warn:
    shown = name.replace(UNKNOWN, "…")
    return Warn(
        where=place.module.where(_line(place)),
        text=f"every module of the project that fits `{shown}` is kept: which of them is imported, a run decides",
    )


def _unknown(place: Spot, argument: ast.expr | None) -> Warn:
    node = place.node
    assert isinstance(node, ast.Call)  # noqa: S101 - what import calls are
    shown = ast.unparse(argument)[:60] if argument is not None else ""
    return Warn(
        where=place.module.where(_line(place)),
        text=f"what `{ast.unparse(node.func)[:40]}({shown})` imports is only known when it runs",
        hint='name what it may import on the step: @ops0.requires("...")',
    )
