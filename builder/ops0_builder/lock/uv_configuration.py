"""What of uv's configuration counts for a lock: where distributions come from, and which of them may be taken.

uv is never started with the user's own files. They also say what ``uv pip compile`` is to print and where to: with an
``output-file`` of the user's it would write over that, and with ``no-deps`` print a part. uv merges its files key by
key, the nearest first, and so does this module; the result goes to uv through a pipe, for it may hold credentials.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ops0.core.errors import SettingsError
from ops0.core.folders import home_dir
from ops0.core.requirements.script import script_text
from ops0.core.requirements.sources import table_at
from ops0.core.toml_text import parse_toml

_PLACES = frozenset(
    ("index", "index-url", "extra-index-url", "find-links", "no-index", "index-strategy")
)
_ACCESS = frozenset(
    (
        *("keyring-provider", "allow-insecure-host", "system-certs", "native-tls", "offline"),
        *("http-proxy", "https-proxy", "no-proxy", "concurrent-downloads", "cache-dir", "no-cache"),
    )
)
_POLICY = frozenset(
    (
        *("constraint-dependencies", "override-dependencies", "exclude-dependencies"),
        *("prerelease", "prerelease-package", "exclude-newer", "exclude-newer-package"),
        *("dependency-metadata", "torch-backend", "build-constraint-dependencies"),
        *("no-build", "no-build-package", "no-binary", "no-binary-package", "only-binary"),
        *("config-settings", "config-settings-package"),
        *("extra-build-dependencies", "extra-build-variables"),
    )
)
_ALLOWED = _PLACES | _ACCESS | _POLICY
"""The settings that count, in a file of uv's and in its table ``pip``; source: uv's reference of settings."""


def documents(root: Path, environment: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """The configuration tables of uv, nearest first, from the files where uv looks for them; places are whole paths.

    raises: SettingsError for a file that cannot be read
    """
    if environment.get("UV_NO_CONFIG"):
        return
    named = environment.get("UV_CONFIG_FILE")
    if named:
        if not (root / named).exists():
            raise SettingsError(
                f"{root / named}: there is no such file",
                "UV_CONFIG_FILE names it: correct it there, or unset it",
            )
        yield _whole(read_toml(root / named), (root / named).parent)
        return
    first = _workspace(root)
    for folder in (first, *first.parents):
        if (folder / "uv.toml").is_file():
            yield _whole(read_toml(folder / "uv.toml"), folder)
            break
        table = _uv_table(folder)
        if table is not None:
            yield _whole(table, folder)
            break
    home = environment.get("XDG_CONFIG_HOME")
    user = Path(home) if home else home_dir() / ".config"
    system = environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    for place in (user, *(Path(folder) for folder in (*system, "/etc") if folder)):
        # As uv does: what is not this user's to read in these folders is not meant for this user.
        with suppress(PermissionError):
            yield _whole(_read(place / "uv" / "uv.toml"), place / "uv")


def project_tables(root: Path) -> tuple[Mapping[str, Any], ...]:
    """``[tool.uv]`` of the project and of the workspace that it is a member of; places are whole paths.

    It says where names come from whatever else is uv's configuration. Raises SettingsError.
    """
    near = (folder for folder in (root, *root.parents) if (folder / "pyproject.toml").is_file())
    folders = dict.fromkeys((next(near, root), _workspace(root)))
    tables = ((_uv_table(folder), folder) for folder in folders)
    return tuple(_whole(table, folder) for table, folder in tables if table is not None)


def script_table(root: Path, entry: str) -> tuple[Mapping[str, Any], ...]:
    """``[tool.uv]`` of a script's own block, which for uv is nearer than any file; none where it has none.

    entry:  the script, from the project's root; places are whole paths
    raises: UnreadableSettings, BadSetting, for a block that cannot be read
    """
    try:
        toml = script_text((root / entry).read_bytes(), entry)
    except OSError:
        return ()  # a bundle's is not here
    table = table_at(parse_toml(toml.encode(), entry), "tool", "uv") if toml else {}
    return (_whole(table, (root / entry).parent),) if table else ()


def configuration(tables: Iterable[Mapping[str, Any]]) -> str:
    """The text of one ``uv.toml`` with what counts of these tables, nearest first; "" where nothing does."""
    merged: dict[str, Any] = {}
    for table in tables:
        pip = table.get("pip")
        kept = _allowed(table)
        if isinstance(pip, Mapping) and _allowed(pip):
            kept["pip"] = _allowed(pip)
        merged = _joined(merged, kept)
    return "".join(f"{toml_value(key)} = {toml_value(value)}\n" for key, value in merged.items())


def _allowed(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key in _ALLOWED}


def _joined(near: Mapping[str, Any], far: Mapping[str, Any]) -> dict[str, Any]:
    """As uv does it: lists one after the other, tables key by key, of anything else the nearer one."""
    joined = {**far, **near}
    for key in near.keys() & far.keys():
        mine, other = near[key], far[key]
        if isinstance(mine, list) and isinstance(other, list):
            joined[key] = [*mine, *other]
        elif isinstance(mine, Mapping) and isinstance(other, Mapping):
            joined[key] = _joined(mine, other)
    return joined


def _workspace(root: Path) -> Path:
    """Where uv begins to look: the root of the workspace that the project is a member of, else the project's own."""
    near = (folder for folder in (root, *root.parents) if (folder / "pyproject.toml").is_file())
    project = next(near, root)
    for folder in (project, *project.parents):
        try:
            workspace = (_uv_table(folder) or {}).get("workspace")
        except SettingsError:
            return root  # as uv does; the search for settings tells of it if it counts there
        if isinstance(workspace, Mapping):
            own = folder == project or _is_member(project, folder, workspace)
            return folder if own else root
    return root


def _is_member(project: Path, folder: Path, workspace: Mapping[str, Any]) -> bool:
    def named(key: str) -> bool:
        patterns = workspace.get(key, [])
        return any(project in folder.glob(str(pattern).rstrip("/")) for pattern in patterns)

    try:
        return named("members") and not named("exclude")
    except (ValueError, NotImplementedError, TypeError):
        return False  # a pattern that no folder can match


def _uv_table(folder: Path) -> Mapping[str, Any] | None:
    tool = read_toml(folder / "pyproject.toml").get("tool", {})
    table = tool.get("uv") if isinstance(tool, Mapping) else None
    return table if isinstance(table, Mapping) else None


def _whole(table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The table with its places as seen from everywhere: a relative one is meant from the file's folder."""
    whole = dict(table)
    for key in ("find-links", "extra-index-url"):
        if isinstance(table.get(key), list):
            whole[key] = [_place(entry, folder) for entry in table[key]]
    if "index-url" in table:
        whole["index-url"] = _place(table["index-url"], folder)
    if isinstance(table.get("index"), list):
        whole["index"] = [_whole_index(entry, folder) for entry in table["index"]]
    if isinstance(table.get("pip"), Mapping):
        whole["pip"] = _whole(table["pip"], folder)
    return whole


def _whole_index(entry: Any, folder: Path) -> Any:
    if not isinstance(entry, Mapping) or "url" not in entry:
        return entry
    return {**entry, "url": _place(entry["url"], folder)}


def _place(place: Any, folder: Path) -> Any:
    if not isinstance(place, str) or "://" in place or place.startswith("file:"):
        return place
    return str((folder / place).absolute())


def read_toml(path: Path) -> Mapping[str, Any]:
    """A file's table, empty where there is no file. Raises SettingsError."""
    try:
        return _read(path)
    except PermissionError as fault:
        raise SettingsError(f"{path}: cannot be read: {fault.strerror}") from None


def _read(path: Path) -> Mapping[str, Any]:
    """A file's table, empty where there is no file. Raises PermissionError, and SettingsError for what is no TOML."""
    try:
        return parse_toml(path.read_bytes(), str(path))
    except PermissionError:
        raise
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as fault:
        raise SettingsError(f"{path}: cannot be read: {fault}") from None


def toml_value(value: Any) -> str:
    """A value of TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(entry) for entry in value) + "]"
    if isinstance(value, Mapping):
        return (
            "{ "
            + ", ".join(f"{toml_value(key)} = {toml_value(one)}" for key, one in value.items())
            + " }"
        )
    return str(value)
