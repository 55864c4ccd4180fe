"""The index of a pipeline's lock: its name, and its document, which says which files are the pipeline's own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ops0.core.digest import sha256
from ops0.core.locked import Lock
from ops0.core.pipeline import Pipeline, StepName
from ops0_builder.lock.errors import LockDamaged
from ops0_builder.lock.inputs import FORMAT
from ops0_builder.lock.merge_marks import unread

_LONGEST = 100
"""Characters of an index's name before its ending: a file system's names have 255 bytes, and it is written aside."""
_FILE = re.compile(r"pylock\.[a-z0-9][a-z0-9_-]{0,200}\.toml\Z")


def index_name(pipeline: Pipeline) -> str:
    """The name of a pipeline's index, another for each: ``flow.json``, ``jobs-flow.json``, ``flow.training.json``.

    shape: one that does not tell entry and pipeline apart from all others ends in 8 hex digits of their hash
    """
    entry, name = pipeline.entry, pipeline.name
    stem, own = slug(re.sub(r"\.[A-Za-z]+\Z", "", entry)), slug(name)
    title = stem if own == slug(Path(entry).stem) else f"{stem}.{own}"
    if len(title) > _LONGEST:
        return f"{title[:_LONGEST]}-{sha256(os.fsencode(f'{entry}:{name}'))[:8]}.json"
    # Hyphens for slashes tell entries apart as long as none has a hyphen of its own.
    if "-" not in entry and entry.replace("/", "-") == f"{stem}.py" and own == name:
        return f"{title}.json"
    return f"{title}-{sha256(os.fsencode(f'{entry}:{name}'))[:8]}.json"


def is_index_of(document: Mapping[str, Any], pipeline: Pipeline) -> bool:
    """Whether an index is this pipeline's: a copied or renamed one is another's."""
    return (document.get("entry"), document.get("pipeline")) == (pipeline.entry, pipeline.name)


def read_index(path: Path) -> dict[str, Any]:
    """The index, checked. Raises FileNotFoundError, LockDamaged."""
    data = b""
    try:
        data = path.read_bytes()
        document = json.loads(data)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as fault:
        raise unread(str(path), data, f"cannot be read: {fault}") from None
    if not isinstance(document, dict) or type(document.get("format")) is not int:
        raise LockDamaged(str(path), "format", "is not a whole number")
    if document["format"] > FORMAT:
        raise LockDamaged(str(path), "format", "was written by a newer ops0 than this one")
    if not isinstance(document.get("inputs"), str):
        raise LockDamaged(str(path), "inputs", "is not a string")
    if not isinstance(document.get("steps"), dict):
        raise LockDamaged(str(path), "steps", "is not an object")
    for step, entry in document["steps"].items():
        _check_entry(path, step, entry)
    for place, files in _table(path, document, "sources").items():
        if not isinstance(files, dict) or not all(isinstance(one, str) for one in files.values()):
            raise LockDamaged(str(path), f"sources.{place}", "is not an object of strings")
    return document


def _table(path: Path, document: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key, {})
    if not isinstance(found, dict):
        raise LockDamaged(str(path), key, "is not an object")
    return found


def _check_entry(path: Path, step: str, entry: object) -> None:
    file = entry.get("file") if isinstance(entry, dict) else None
    if not isinstance(file, str) or not _FILE.match(file):
        raise LockDamaged(str(path), f"steps.{step}.file", "is not the name of a lock file")
    if not isinstance(entry, dict) or not isinstance(entry.get("digest"), str):
        raise LockDamaged(str(path), f"steps.{step}.digest", "is not a string")


def index_text(
    pipeline: Pipeline,
    lock: Lock,
    names: Mapping[StepName, str],
    files: Mapping[str, Mapping[str, str]],
) -> str:
    """The index as it is stored. ``names``: each step's file;  ``files``: of the folders that wheels are built from."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "entry": pipeline.entry,
        "pipeline": pipeline.name,
        "inputs": lock.inputs,
        "steps": {
            step.step: {"file": names[step.step], "digest": step.digest} for step in lock.steps
        },
    }
    if files:
        document["sources"] = {place: dict(files[place]) for place in sorted(files)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def slug(text: str) -> str:
    """A text as a part of a file name: small letters, digits, ``_`` and ``-``; different texts may give the same."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_") or "pipeline"
