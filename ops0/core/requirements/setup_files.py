"""What setuptools is told of dependencies: ``setup.cfg``, ``setup.py``, and files that ``pyproject.toml`` names.

``setup.py`` is read, never run: what its code works out is told. Sources:
https://setuptools.pypa.io/en/latest/userguide/declarative_config.html and …/pyproject_config.html#dynamic-metadata
"""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ops0.core.errors import SettingsError
from ops0.core.pipeline import Warn, Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.sources import table_at
from ops0.core.toml_text import Place

if TYPE_CHECKING:
    from ops0.core.requirements.reading import Reading

__all__ = ["read_dynamic", "read_setup_files"]

_WANTED = "install_requires"
_PYTHON = "python_requires"
_WORKED_OUT = (
    "what `install_requires` says is worked out by code, and ops0 runs none of a project's"
)
_HINT = "write it where it can be read: `dependencies` in pyproject.toml, or requirements.txt"


class UnreadableSetup(SettingsError):
    """A ``setup.cfg`` that setuptools could not read either."""

    exit_code = 7

    def __init__(self, where: Where, fact: str) -> None:
        super().__init__(f"{where}: cannot be read: {fact}", "correct it, or remove the file")
        self.where = where


def read_dynamic(reading: Reading, document: Mapping[str, Any], place: Place) -> None:
    """The files from which ``[tool.setuptools.dynamic]``, or a plug-in of hatch, takes the dependencies."""
    if not _is_dynamic(document):
        return
    said = table_at(document, "tool", "setuptools", "dynamic", "dependencies").get("file")
    hooks = table_at(document, "tool", "hatch", "metadata", "hooks", "requirements_txt")
    for listed in (said, hooks.get("files")):
        for path in [listed] if isinstance(listed, str) else listed or ():
            if isinstance(path, str):
                reading.file(path, place.of(path))


def read_setup_files(reading: Reading, document: Mapping[str, Any]) -> None:
    """``setup.cfg`` and ``setup.py``, unless the ``[project]`` of a ``pyproject.toml`` says it for both.

    document: the ``pyproject.toml``'s, empty where there is none
    """
    if "project" in document and not _is_dynamic(document):
        return
    if (data := reading.source.read("setup.cfg")) is not None:
        _read_cfg(reading, data.decode("utf-8-sig", "replace"), "setup.cfg")
    if (data := reading.source.read("setup.py")) is not None:
        _read_py(reading, data, "setup.py")


def _is_dynamic(document: Mapping[str, Any]) -> bool:
    dynamic = table_at(document, "project").get("dynamic")
    return isinstance(dynamic, list) and "dependencies" in dynamic


def _read_cfg(reading: Reading, text: str, path: str) -> None:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as fault:
        reading.faults.append(UnreadableSetup(Where(path, _line_of(fault)), "it is no INI file"))
        return
    place = Place(path, text)
    wanted = _option(parser, _WANTED).strip()
    if wanted.startswith("file:"):
        for file in wanted.removeprefix("file:").split(","):
            reading.file(file.strip(), place.of(_WANTED))
    else:
        # As setuptools does: semicolons part requirements on one line, and markers where there are several.
        lines = wanted.splitlines() if "\n" in wanted else wanted.split(";")
        for line in filter(None, (one.partition(" #")[0].strip() for one in lines)):
            if not line.startswith("#"):
                reading.take(line, place.of(line))
    _python(reading, _option(parser, _PYTHON), place.of(_PYTHON))


def _line_of(fault: configparser.Error) -> int:
    errors = getattr(fault, "errors", None)
    return int(getattr(fault, "lineno", None) or (errors[0][0] if errors else 1))


def _option(parser: configparser.RawConfigParser, name: str) -> str:
    for one in (name, name.replace("_", "-")):
        if parser.has_option("options", one):
            return parser.get("options", one) or ""
    return ""


def _read_py(reading: Reading, data: bytes, path: str) -> None:
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return  # of another Python, or none: who builds the project hears of it
    literals = dict(_literals(tree))
    for call in _setup_calls(tree):
        said = {one.arg: _followed(one.value, literals) for one in call.keywords}
        if _WANTED in said:
            _take_listed(reading, said[_WANTED], path)
        python = said.get(_PYTHON)
        if isinstance(python, ast.Constant) and isinstance(python.value, str):
            _python(reading, python.value, Where(path, python.lineno))


def _followed(value: ast.expr, literals: Mapping[str, ast.expr]) -> ast.expr:
    return literals.get(value.id, value) if isinstance(value, ast.Name) else value


def _setup_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = node.func
            name = named.id if isinstance(named, ast.Name) else getattr(named, "attr", "")
            if name == "setup":
                yield node


def _literals(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names that the file binds once, at its top."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    bound = [node.id for node in names if not isinstance(node.ctx, ast.Load)]
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            (target,) = node.targets
            if isinstance(target, ast.Name) and bound.count(target.id) == 1:
                yield target.id, node.value


def _take_listed(reading: Reading, listed: ast.expr, path: str) -> None:
    entries = listed.elts if isinstance(listed, ast.List | ast.Tuple) else None
    if entries is None:
        # Most read the requirements.txt beside it, and so does ops0.
        if not any(one.where.path.startswith("requirements") for one in reading.declarations):
            _tell(reading, Where(path, listed.lineno))
        return
    for one in entries:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            reading.take(one.value, Where(path, one.lineno))
        else:
            _tell(reading, Where(path, one.lineno))


def _tell(reading: Reading, where: Where) -> None:
    reading.warnings.append(Warn(where=where, text=_WORKED_OUT, hint=_HINT))


def _python(reading: Reading, wanted: str, where: Where) -> None:
    if wanted:
        reading.pythons.append(Declaration(wanted, where))
