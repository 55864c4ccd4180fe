"""The manifest of one output, as the host reads it: bytes written inside a container, so nothing in it is believed.

Grammar: runtime_images/ops0_runner/protocol.py, MANIFEST and VALUE.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, TypeVar

from ops0.core.api.model import is_saved_name
from ops0.core.api.promises import MOST_MODELS
from ops0.core.digest import sha256
from ops0.core.pipeline import JsonValue
from ops0.core.values.bounds import LARGEST_MANIFEST
from ops0.core.values.digest import is_digest
from ops0.core.values.store import APART
from ops0.runtime.outputs.facts import parse_about
from ops0.runtime.outputs.previews import Shown, parse_shown
from ops0.runtime.outputs.text import fit_text
from ops0_runner.protocol import VERSION

_MAX_FILES = 100_000
_MAX_NESTING = 16
_MAX_PREVIEW = 4000
_MAX_NAME = 400
_MAX_FACT = 1000
_MAX_PYTHON = 100
_TOO_LARGE = 2**63

T = TypeVar("T")


class BadManifest(Exception):
    """What the output folder holds is no manifest of ours. The text is the fact, made fit for the host."""

    def __init__(self, fact: str) -> None:
        super().__init__(fit_text(fact, _MAX_FACT))


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueFile:
    """One file of a value. ``name`` is POSIX, relative to the output folder, and stays inside it; size in bytes.

    sha256: its digest, see ops0/core/values/digest.py
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """What a step gave.

    format: how it is stored, as ``json``;  type: as ``builtins.dict``;  size: bytes of its files, items included
    folders: of a folder, it and those in it: what is empty has no file that names it
    items:  of what was stored part by part its parts, of a pickle or a stream the paths in it; else None
    shown:  what it looks like, or None;  about: what its library says of it, as rows and columns, or None
    """

    format: str
    type: str
    size: int
    files: tuple[ValueFile, ...]
    preview: str
    items: tuple[Value, ...] | None = None
    shown: Shown | None = None
    about: Mapping[str, JsonValue] | None = None
    folders: tuple[str, ...] = ()

    def all_files(self) -> tuple[ValueFile, ...]:
        """Its own files and those of its items."""
        inner = (file for item in self.items or () for file in item.all_files())
        return (*self.files, *inner)

    def all_folders(self) -> tuple[str, ...]:
        """Its own folders and those of its items."""
        inner = (folder for item in self.items or () for folder in item.all_folders())
        return (*self.folders, *inner)

    @property
    def parts(self) -> tuple[Value, ...] | None:
        """What each of its items is, where they were stored one by one; else None."""
        return self.items if self.format in ("tuple", *APART) else None

    def bare_folders(self) -> tuple[str, ...]:
        """Its own folders in which there is no file, sorted."""
        named = {str(parent) for file in self.files for parent in PurePosixPath(file.name).parents}
        return tuple(sorted(set(self.folders) - named))

    def all_shown(self) -> tuple[Shown, ...]:
        """What it looks like, or what each of its items does."""
        inner = (shown for item in self.items or () for shown in item.all_shown())
        return (*(() if self.shown is None else (self.shown,)), *inner)


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedModel:
    """A model that the step has saved. ``raw``: its VALUE, as the runner wrote it."""

    name: str
    alias: str | None
    value: Value
    raw: Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The last file that a runner writes: this output is whole, and this attempt made it."""

    run: str
    call: str
    attempt: int
    nonce: str
    value: Value
    python: str
    artifacts: tuple[ValueFile, ...] = ()
    models: tuple[SavedModel, ...] = ()

    def model_files(self) -> tuple[ValueFile, ...]:
        """The files of all its models, each below the number of its model."""
        return tuple(
            replace(file, name=f"{number}/{file.name}")
            for number, one in enumerate(self.models)
            for file in one.value.all_files()
        )

    def model_folders(self) -> tuple[str, ...]:
        """The folders of all its models, as ``model_files``."""
        return tuple(
            f"{number}/{folder}"
            for number, one in enumerate(self.models)
            for folder in one.value.all_folders()
        )


def parse_manifest(data: bytes) -> Manifest:
    """The manifest in these bytes. Raises BadManifest with the place, as ``value.files[2].name``."""
    if len(data) > LARGEST_MANIFEST:
        raise BadManifest(f"{len(data)} bytes are more than a manifest may have")
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise BadManifest("not JSON") from None
    if not isinstance(raw, dict):
        raise BadManifest("not an object")
    if raw.get("v") != VERSION:
        raise BadManifest(f"v: {raw.get('v')!r}, expected {VERSION}")
    value = _value(raw.get("value"), "value", 0)
    _apart(value, "value")
    return Manifest(
        run=_field(raw, "run", str, ""),
        call=_field(raw, "call", str, ""),
        attempt=_field(raw, "attempt", int, ""),
        nonce=_field(raw, "nonce", str, ""),
        value=value,
        python=fit_text(_field(raw, "python", str, ""), _MAX_PYTHON),
        artifacts=parse_files(raw.get("artifacts", [])),
        models=_models(raw.get("models", [])),
    )


def parse_files(raw: object) -> tuple[ValueFile, ...]:
    """Files that can lie in one folder. Raises BadManifest."""
    return distinct(_list(raw, "artifacts", _file), "artifacts")


def _models(raw: object) -> tuple[SavedModel, ...]:
    models = _list(raw, "models", _model)
    if len(models) > MOST_MODELS:
        raise BadManifest(f"models: {len(models)}, at most {MOST_MODELS} are taken")
    for number, one in enumerate(models):
        _apart(one.value, f"models[{number}]")
    return models


def _model(raw: object, place: str) -> SavedModel:
    if not isinstance(raw, dict):
        raise BadManifest(f"{place}: not an object")
    name, alias = _field(raw, "name", str, f"{place}."), raw.get("alias")
    if not (alias is None or isinstance(alias, str)) or not is_saved_name(name, alias):
        raise BadManifest(f"{place}: no name of a model")
    value = _value(raw.get("value"), f"{place}.value", 0)
    return SavedModel(name=name, alias=alias, value=value, raw=raw["value"])


def told_manifest(said: Mapping[str, Any]) -> bytes | None:
    """The manifest's bytes, by the runner's ``done``; None where it does not tell them. Saves asking the engine."""
    try:
        data = json.dumps(said.get("manifest"), separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return None
    return data if sha256(data) == said.get("digest") else None


def distinct(files: tuple[ValueFile, ...], place: str) -> tuple[ValueFile, ...]:
    """These files, if they can lie in one folder."""
    names = {file.name for file in files}
    if len(files) > _MAX_FILES:
        raise BadManifest(f"{place}: {len(files)} files, at most {_MAX_FILES} are taken")
    if len(names) != len(files):
        raise BadManifest(f"{place}: two files have one name")
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    if folders & names:
        raise BadManifest(f"{place}: {min(folders & names)!r} is both a file and a folder")
    return files


def _apart(value: Value, place: str) -> None:
    """Whether its files and folders can lie in one folder. Raises BadManifest."""
    names = {file.name for file in distinct(value.all_files(), place)}
    folders = value.all_folders()
    if len(folders) > _MAX_FILES:
        raise BadManifest(f"{place}: {len(folders)} folders, at most {_MAX_FILES} are taken")
    for folder in folders:
        both = names.intersection(map(str, (PurePosixPath(folder), *PurePosixPath(folder).parents)))
        if both:
            raise BadManifest(f"{place}: {min(both)!r} is both a file and a folder")


def _folder(raw: object, place: str) -> str:
    if not isinstance(raw, str) or not is_inside(raw):
        raise BadManifest(f"{place}: {raw!r:.80} does not stay in the output folder")
    return raw


def _value(raw: object, place: str, depth: int) -> Value:
    if not isinstance(raw, dict):
        raise BadManifest(f"{place}: not an object")
    if depth > _MAX_NESTING:
        raise BadManifest(f"{place}: nested too deep")
    items = raw.get("items")
    return Value(
        format=fit_text(_field(raw, "format", str, f"{place}."), _MAX_NAME),
        type=fit_text(_field(raw, "type", str, f"{place}."), _MAX_NAME),
        size=_size(raw, f"{place}."),
        files=_list(raw.get("files"), f"{place}.files", _file),
        preview=fit_text(_field(raw, "preview", str, f"{place}."), _MAX_PREVIEW),
        items=None
        if items is None
        else _list(items, f"{place}.items", lambda item, at: _value(item, at, depth + 1)),
        shown=parse_shown(raw.get("show")),
        about=parse_about(raw.get("about")),
        folders=_list(raw.get("folders", []), f"{place}.folders", _folder),
    )


def _file(raw: object, place: str) -> ValueFile:
    if not isinstance(raw, dict):
        raise BadManifest(f"{place}: not an object")
    digest, size = _field(raw, "sha256", str, f"{place}."), _size(raw, f"{place}.")
    if not is_digest(digest, size):
        raise BadManifest(f"{place}.sha256: not a digest")
    name = _field(raw, "name", str, f"{place}.")
    if not is_inside(name):
        raise BadManifest(f"{place}.name: {name!r} does not stay in the output folder")
    return ValueFile(name=name, size=size, sha256=digest)


def is_inside(name: str) -> bool:
    """Whether a name is a plain relative POSIX path that cannot leave its folder and can be shown on one line."""
    parts = name.split("/")
    plain = bool(name) and len(name.encode("utf-8", "replace")) <= 1024 and name.isprintable()
    return (
        plain
        and not PurePosixPath(name).is_absolute()
        and all(part not in ("", ".", "..") and len(part.encode()) <= 255 for part in parts)
    )


def _size(raw: dict[str, Any], place: str) -> int:
    size = _field(raw, "size", int, place)
    if size < 0:
        raise BadManifest(f"{place}size: negative")
    if size >= _TOO_LARGE:
        raise BadManifest(f"{place}size: larger than any file")
    return size


def _field(raw: dict[str, Any], name: str, kind: type[T], place: str) -> T:
    value = raw.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadManifest(f"{place}{name}: missing or of a wrong type")
    return value


def _list(raw: object, place: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
    if not isinstance(raw, list):
        raise BadManifest(f"{place}: not a list")
    return tuple(read(item, f"{place}[{number}]") for number, item in enumerate(raw))
