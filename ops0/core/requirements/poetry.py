"""What ``[tool.poetry]`` declares: its dependencies and those of its groups, as poetry locks them, all together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ops0.core.pipeline import Warn, Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.names import name_of
from ops0.core.requirements.poetry_versions import UnreadVersion, pep440, python_marker
from ops0.core.requirements.tabled import edited_place, requirement_text
from ops0.core.toml_text import BadSetting, Place, key_lines

if TYPE_CHECKING:
    from ops0.core.requirements.reading import Reading

_KEY = "tool.poetry.dependencies"


def read_poetry(reading: Reading, document: dict[str, Any], place: Place) -> None:
    """Add what ``[tool.poetry]`` of a ``pyproject.toml`` declares; its faults are added too."""
    lines = key_lines(place.text)
    for dependencies in _dependencies(_table(_table(document, "tool"), "poetry")):
        for name, said in dependencies.items():
            where = Where(place.path, lines.get(name, 1))
            if name.lower() == "python":
                _add_python(reading, said, where)
                continue
            for one in said if isinstance(said, list) else [said]:
                _add(reading, name, one, where)


def _dependencies(poetry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield _table(poetry, "dependencies")
    yield _table(poetry, "dev-dependencies")
    groups = _table(poetry, "group")
    for name in groups:
        yield _table(_table(groups, name), "dependencies")


def _add(reading: Reading, name: str, said: object, where: Where) -> None:
    table = {"version": said} if isinstance(said, str) else said
    if not isinstance(table, dict):
        reading.faults.append(BadSetting(where, f"{_KEY}.{name}", "is neither a text nor a table"))
        return
    if "path" in table and name_of(name) in reading.sources:
        return  # declared as what stands in that folder already
    if (folder := edited_place(table)) is not None:
        reading.line(f"-e {folder}", where)
        return
    try:
        versions = pep440(_text(table, "version") or "*")
        markers = [_text(table, "markers"), python_marker(_text(table, "python") or "*")]
    except UnreadVersion as fault:
        reading.faults.append(BadSetting(where, f"{_KEY}.{name}", f"has no version {str(fault)!r}"))
        return
    if versions is None:
        text = f"{name}: of several ranges with gaps between them none is used"
        hint = "write one range, or one for each Python: a list of tables with `python`"
        reading.warnings.append(Warn(where=where, text=text, hint=hint))
    markers += [platform_marker(_text(table, "platform"))]
    reading.take(requirement_text(name, table, versions or "", markers), where)


def _add_python(reading: Reading, said: object, where: Where) -> None:
    try:
        wanted = pep440(said) if isinstance(said, str) else None
    except UnreadVersion:
        return  # not ops0's to judge: it is asked of nobody
    if wanted:
        reading.pythons.append(Declaration(wanted, where))


def platform_marker(said: str) -> str:
    """``platform = "linux|darwin"`` as a marker."""
    parts = [one.strip() for one in said.split("|") if one.strip()]
    return " or ".join(
        f'sys_platform != "{one.removeprefix("!=").strip()}"'
        if one.startswith("!=")
        else f'sys_platform == "{one.removeprefix("==").strip()}"'
        for one in parts
    )


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}
