"""What setuptools is told of dependencies: ``setup.cfg``, ``setup.py``, and files that ``pyproject.toml`` names.

Sources: https://setuptools.pypa.io/en/latest/userguide/declarative_config.html and
…/pyproject_config.html#dynamic-metadata; PEP 517 for who builds a project.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ops0.core.errors import SettingsError
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.logical_lines import logical_lines
from ops0.core.requirements.names import name_of
from ops0.core.requirements.setup_script import read_setup_script
from ops0.core.requirements.sources import table_at
from ops0.core.toml_text import BadSetting, Place

if TYPE_CHECKING:
    from ops0.core.requirements.reading import Reading

__all__ = ["read_dynamic", "read_setup_files"]

_WANTED = "install_requires"
_PYTHON = "python_requires"
_OTHER_BUILDERS = ("poetry", "pdm", "flit")
"""Tables below ``[tool]`` of those who build a project without setuptools."""
_OPTIONS = re.compile(r"^\[options\]", re.MULTILINE)


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
    for keys in (
        ("tool", "setuptools", "dynamic", "dependencies", "file"),
        ("tool", "hatch", "metadata", "hooks", "requirements_txt", "files"),
    ):
        said = table_at(document, *keys[:-1]).get(keys[-1], [])
        listed = [said] if isinstance(said, str) else said
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            fault = BadSetting(place.of(keys[-1]), ".".join(keys), "is not a list of paths")
            reading.faults.append(fault)
            continue
        for path in listed:
            reading.file(path, place.of(path))


def read_setup_files(reading: Reading, document: Mapping[str, Any]) -> None:
    """``setup.cfg`` and ``setup.py``, unless ``[project]`` says it for both, or something else builds the project.

    document: the ``pyproject.toml``'s, empty where there is none
    """
    if ("project" in document and not _is_dynamic(document)) or not _is_setuptools(document):
        return
    if (data := reading.source.read("setup.cfg")) is not None:
        _read_cfg(reading, data.decode("utf-8-sig", "replace"), "setup.cfg")
    if (data := reading.source.read("setup.py")) is not None:
        read_setup_script(reading, data, "setup.py")


def _is_dynamic(document: Mapping[str, Any]) -> bool:
    dynamic = table_at(document, "project").get("dynamic")
    return isinstance(dynamic, list) and "dependencies" in dynamic


def _is_setuptools(document: Mapping[str, Any]) -> bool:
    """Whether setuptools builds it: as the table says, or where none does. A backend of its own mostly wraps it."""
    system = table_at(document, "build-system")
    backend, requires = system.get("build-backend"), system.get("requires")
    if not isinstance(backend, str):
        return not any(one in table_at(document, "tool") for one in _OTHER_BUILDERS)
    if "backend-path" in system and isinstance(requires, list):
        return any(isinstance(one, str) and name_of(one) == "setuptools" for one in requires)
    return backend.partition(".")[0] == "setuptools"


def _read_cfg(reading: Reading, text: str, path: str) -> None:
    # A key that is there twice is the matter of the tool whose section it is in: flake8, pytest and others have theirs.
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as fault:
        if _OPTIONS.search(text):
            where = Where(path, _line_of(fault))
            reading.faults.append(UnreadableSetup(where, "it is no INI file"))
        return
    place = Place(path, text)
    wanted = _option(parser, _WANTED).strip()
    if wanted.startswith("file:"):
        files = (one.strip() for one in wanted.removeprefix("file:").split(","))
        for file in filter(None, files):
            reading.file(file, place.of(_WANTED))
    else:
        # As setuptools does: semicolons part requirements on one line, and markers where there are several.
        lines = wanted if "\n" in wanted else wanted.replace(";", "\n")
        for _, line in logical_lines(lines):
            reading.take(line, place.of(line))
    if python := _option(parser, _PYTHON):
        reading.pythons.append(Declaration(python, place.of(_PYTHON)))


def _line_of(fault: configparser.Error) -> int:
    errors = getattr(fault, "errors", None)
    return int(getattr(fault, "lineno", None) or (errors[0][0] if errors else 1))


def _option(parser: configparser.RawConfigParser, name: str) -> str:
    for one in (name, name.replace("_", "-")):
        if parser.has_option("options", one):
            return parser.get("options", one) or ""
    return ""
