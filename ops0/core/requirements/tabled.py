"""Requirements that stand as tables, as poetry and pipenv write them, in the words of PEP 508. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ops0.core.requirements import places
from ops0.core.requirements.repositories import repository_at
from ops0.core.requirements.repository_refs import BRANCHES, TAGS

_VARIABLES = (
    "implementation_name", "implementation_version", "os_name", "platform_machine",
    "platform_python_implementation", "platform_release", "platform_system", "platform_version",
    "python_full_version", "python_version", "sys_platform",
)  # fmt: skip


def requirement_text(
    name: str, table: Mapping[str, Any], versions: str, markers: Iterable[str]
) -> str:
    """One requirement: ``httpx[http2]>=0.27; (python_version < "3.11")``.

    table:    what is said of it, of which its extras and its place are read
    versions: of PEP 440, '' for any;   markers: all must hold, '' for none
    """
    extras = table.get("extras")
    named = [one for one in extras if isinstance(one, str)] if isinstance(extras, list) else []
    text = f"{name}[{','.join(named)}]" if named else name
    place = _place(table)
    text += f" @ {place} " if place else versions
    marker = " and ".join(f"({one})" for one in markers if one)
    return f"{text}; {marker}" if marker else text.strip()


def marker_variables(table: Mapping[str, Any]) -> Iterable[str]:
    """Markers that stand as keys of their own: ``sys_platform = "== 'win32'"``."""
    said = ((one, table.get(one)) for one in _VARIABLES)
    return (f"{name} {value}" for name, value in said if isinstance(value, str))


def edited_place(table: Mapping[str, Any]) -> str | None:
    """The folder that is installed as it is edited, as pip's ``-e`` does, or the project itself; else None."""
    path = table.get("path")
    if not isinstance(path, str):
        return None
    edits = table.get("editable") is True or table.get("develop") is True
    return path if edits or (path.strip("./") == "" and ".." not in path) else None


def _place(table: Mapping[str, Any]) -> str | None:
    """Where it comes from instead of an index, as PEP 508 writes places."""
    git = git_address(table)
    if git is not None:
        return git
    for key in ("url", "file", "path"):
        value = table.get(key)
        if isinstance(value, str):
            return file_address(table, value) if "://" in value else places.file_url(value)
    return None


def file_address(table: Mapping[str, Any], url: str) -> str:
    """The address of a file that a table names, with the folder in it where the table names one."""
    folder = table.get("subdirectory")
    inside = isinstance(folder, str) and folder and "#" not in url
    return f"{url}#subdirectory={folder}" if inside else url


def git_address(table: Mapping[str, Any]) -> str | None:
    """The repository that a table names, as a requirement does; uv's, poetry's or pipenv's."""
    git = table.get("git")
    if not isinstance(git, str):
        return None
    folder = table.get("subdirectory")
    return repository_at(git, named_ref(table), folder if isinstance(folder, str) else "").address


def named_ref(table: Mapping[str, Any]) -> str:
    """What a table asks a repository for; "" for nothing. ``tag`` and ``branch`` say which of the two is meant.

    >>> named_ref({"tag": "v1"}), named_ref({"branch": "main"}), named_ref({"rev": "v1"})
    ('refs/tags/v1', 'refs/heads/main', 'v1')
    """
    starts = {"rev": "", "ref": "", "tag": TAGS, "branch": BRANCHES}
    for key, start in starts.items():
        said = table.get(key)
        if isinstance(said, str) and said:
            return said if said.startswith("refs/") else f"{start}{said}"
    return ""
