"""Models kept on this machine: versions that never change, aliases that move. Host only. On a server: mlflow.py.

::

    <state>/models/<name>/<version>/manifest.json   beside the value's files; also nonce, name, version, saved, lineage
                          aliases/<alias>           the number of a version

A version is made aside and renamed, so it is there whole or not at all, and two savers get two numbers.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops0.core.api.model import SERVER
from ops0.core.digest import sha256
from ops0.core.errors import Ops0Error, RunError, raise_together
from ops0.core.folders import state_dir
from ops0.core.models.files import written
from ops0.core.pipeline import StepName
from ops0.core.values.bounds import MANIFEST_NAME
from ops0.core.values.faults import InputFault
from ops0.core.values.files import sync_files, sync_folder
from ops0.core.values.manifest import read_manifest, write_manifest
from ops0.core.values.store import load_value


class NoModel(RunError):
    """No model of that name, version or alias is kept here."""

    exit_code = 56

    def __init__(
        self, reference: str, known: tuple[str, ...], place: str = "on this machine"
    ) -> None:
        kept = f"kept are: {', '.join(known)}; " if known else ""
        super().__init__(
            f"model '{reference}': none is kept {place}",
            f"{kept}ops0.model.save(model, {reference.partition('@')[0]!r}) keeps one; "
            "an image that holds it needs none: @ops0.model.load(..., bake=True)",
        )
        self.reference, self.known = reference, known


class ModelDamaged(RunError):
    """A kept model that an image shall hold is not what was saved."""

    exit_code = 56

    def __init__(self, name: str, version: int, fact: str) -> None:
        super().__init__(
            f"model '{name}@{version}': {fact}",
            f"save it again: ops0.model.save(model, {name!r}); the damaged version is left as it is",
        )
        self.name, self.version = name, version


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """One version. ``digest``: sha256 of its manifest, which names each file with its own;  saved: UTC, ISO 8601.

    lineage: of what a step saved ``run``, ``call``, ``step``, ``attempt``, ``python``, ``image`` (None in processes),
             ``code`` and ``inputs`` (producer -> digest of its manifest); of a container's result that was saved later
             the same but ``step`` and ``code``; of a live value ``python``, the version that stored it
    """

    name: str
    version: int
    digest: str
    nonce: str
    type: str
    size: int
    saved: str
    lineage: Mapping[str, Any]
    folder: Path


def save_model(model: Any, name: str, alias: str | None) -> ModelVersion:
    """Keep a value, or a container's kept result, as the next version.

    raises: ValueFault, InputFault, OSError; StorageFault from a server
    """
    if name.startswith(SERVER):
        from ops0.core.models.mlflow import save_to_server  # noqa: PLC0415 - needs ops0[mlflow]

        return save_to_server(model, name, alias)
    home = _home(name)
    home.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".saving.", dir=home))
    aside.chmod(0o755)
    try:
        version = _publish(aside, home, written(model, name, aside))
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    if alias is not None:
        _point(home, alias, version)
    return find_model(f"{name}@{version}")


def keep_written(folder: Path, head: dict[str, Any], alias: str | None) -> ModelVersion:
    """Keep a model whose files are written already, once: one of its nonce that is there is the same.

    folder: its files; it is moved away;  head: its manifest but for the version
    raises: InputFault where neither files nor version are there, OSError; StorageFault from a server
    """
    name = str(head["name"])
    if name.startswith(SERVER):
        from ops0.core.models.mlflow import keep_on_server  # noqa: PLC0415 - needs ops0[mlflow]

        return keep_on_server(folder, head, alias)
    home = _home(name)
    home.mkdir(parents=True, exist_ok=True)
    known = sorted(_versions(home), reverse=True)
    version = next((one for one in known if _nonce(home / str(one)) == head["nonce"]), None)
    if version is None:
        if not folder.is_dir():
            raise InputFault(f"model '{name}': its files are gone: {folder}", "run the step again")
        sync_files(path for path in folder.rglob("*") if path.is_file())
        version = _publish(folder, home, head)
    if alias is not None:
        _point(home, alias, version)
    return find_model(f"{name}@{version}")


def find_model(reference: str) -> ModelVersion:
    """``name``, ``name@3`` or ``name@alias``, fetched first where a server keeps it.

    raises: NoModel, InputFault where its manifest is broken; StorageFault from a server
    """
    if reference.startswith(SERVER):
        from ops0.core.models.mlflow import fetch_from_server  # noqa: PLC0415 - needs ops0[mlflow]

        return fetch_from_server(reference)
    name, _, wanted = reference.partition("@")
    home = _home(name)
    versions = _versions(home)
    if not wanted:
        number = max(versions, default=0)
    elif wanted.isdigit():
        number = int(wanted)
    else:
        number = _aliased(home, wanted)
    if number not in versions:
        raise NoModel(reference, known_models())
    return version_in(home / str(number), name, number)


def find_models(references: Mapping[StepName, str]) -> Mapping[StepName, ModelVersion]:
    """The version that each step's reference means now. Raises NoModel, all together; what ``find_model`` raises."""
    found: dict[StepName, ModelVersion] = {}
    faults: list[Ops0Error] = []
    for step, reference in references.items():
        try:
            found[step] = find_model(reference)
        except NoModel as fault:  # noqa: PERF203 - all are told together
            faults.append(fault)
    raise_together(faults)
    return found


def version_in(folder: Path, name: str, number: int) -> ModelVersion:
    """What a version's folder says of itself. Raises InputFault."""
    manifest = read_manifest(str(folder))
    return ModelVersion(
        name=name,
        version=number,
        nonce=str(manifest["nonce"]),
        digest=sha256((folder / MANIFEST_NAME).read_bytes()),
        type=str(manifest["value"]["type"]),
        size=int(manifest["value"]["size"]),
        saved=str(manifest["saved"]),
        lineage=manifest["lineage"],
        folder=folder,
    )


def read_model(reference: str) -> Any:
    """The model itself, in this process; its files are checked first. Raises NoModel, InputFault."""
    found = find_model(reference)
    folder = str(found.folder)
    return load_value(read_manifest(folder, digest=found.digest)["value"], folder)


def known_models() -> tuple[str, ...]:
    """``name@newest`` of every model that is kept, sorted."""
    home = state_dir() / "models"
    if not home.is_dir():
        return ()
    found = ((entry.name, _versions(entry)) for entry in home.iterdir() if entry.is_dir())
    return tuple(sorted(f"{name}@{max(versions)}" for name, versions in found if versions))


def _publish(aside: Path, home: Path, head: dict[str, Any]) -> int:
    """Give a folder the next free number. A rename onto a folder that is there fails, so no version is replaced."""
    while True:
        version = max(_versions(home), default=0) + 1
        write_manifest(str(aside), {**head, "version": version})
        try:
            aside.rename(home / str(version))
        except OSError:
            if not (home / str(version)).exists():
                raise
            continue
        sync_folder(str(home))
        return version


def _nonce(folder: Path) -> object:
    try:
        return read_manifest(str(folder)).get("nonce")
    except InputFault:
        return None


def _point(home: Path, alias: str, version: int) -> None:
    aliases = home / "aliases"
    aliases.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{alias}.", dir=aliases)
    with os.fdopen(handle, "w") as stream:
        stream.write(f"{version}\n")
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(aliases / alias)


def _aliased(home: Path, alias: str) -> int:
    try:
        text = (home / "aliases" / alias).read_text().strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


def _versions(home: Path) -> frozenset[int]:
    names = [entry.name for entry in home.iterdir()] if home.is_dir() else []
    return frozenset(int(name) for name in names if name.isdigit())


def _home(name: str) -> Path:
    return state_dir() / "models" / name
