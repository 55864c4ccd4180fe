"""Results on the host: taken out of the engine as plain files, checked, kept, exported. Nothing is unpickled here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, Union

from ops0.core.digest import sha256
from ops0.core.pipeline import CallId, JsonValue
from ops0.core.values.digest import FileDigest
from ops0.core.values.files import sync_files
from ops0.host.folders import write_aside
from ops0.runtime.engine import Member, write_member
from ops0.runtime.errors import ExportFault, NoRun
from ops0.runtime.outputs.manifest import BadManifest, Manifest, Value, ValueFile, parse_manifest
from ops0.runtime.runs import RunFolder
from ops0_runner.protocol import MANIFEST_NAME

_MAX_RESULT = 64 * 2**30
"""The most bytes that one kept result may have."""
_MAX_MEMBERS = 300_000
_MAX_JSON = 64 * 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A result that is not plain JSON: it stays in its files.

    type: as ``pandas.DataFrame``;  size: bytes;  path: the folder that holds its manifest and files; for a
    result that is one file, that file;  about: rows, columns, shape, library …, where it is a library's
    """

    type: str
    format: str
    preview: str
    size: int
    path: Path
    about: Mapping[str, JsonValue] | None = None

    @property
    def pickled(self) -> bool:
        """Whether reading it runs what is in it: only for files of people whom one trusts."""
        return self.format in ("pickle", "stream")


Result: TypeAlias = Union[JsonValue, tuple["Result", ...], list["Result"], Stored]  # noqa: UP007 - "|" cannot hold a name in quotes before 3.14


class BadOutput(Exception):
    """An output folder does not hold what its manifest says. The text is the fact."""


def keep_output(members: Iterable[Member], manifest: bytes, folder: Path) -> None:
    """Copy an output into a folder: the manifest's files only, each with its size and sha256, nothing else beside.

    The folder is made whole or not at all.
    raises: BadOutput; OSError when the disk is full
    """
    try:
        value = parse_manifest(manifest).value
    except BadManifest as fault:  # it has been written over since the attempt told of a good one
        raise BadOutput(f"{MANIFEST_NAME}: {fault}") from None
    _keep(members, value.all_files(), value.all_folders(), folder, manifest)


def keep_files(
    members: Iterable[Member],
    files: tuple[ValueFile, ...],
    folder: Path,
    folders: tuple[str, ...] = (),
) -> None:
    """Copy an attempt's artifacts or models into a folder, as ``keep_output`` does. Raises BadOutput; OSError."""
    _keep(members, files, folders, folder, None)


def make_folders(folder: Path, names: Iterable[str]) -> None:
    """Make the folders of a value, also those in which there is no file. Raises OSError."""
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)


def _keep(
    members: Iterable[Member],
    files: tuple[ValueFile, ...],
    folders: tuple[str, ...],
    folder: Path,
    manifest: bytes | None,
) -> None:
    wanted = {file.name: file for file in files}
    total = sum(file.size for file in files)
    if total > _MAX_RESULT:
        raise BadOutput(f"{total} bytes are more than may be kept ({_MAX_RESULT})")
    aside = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        make_folders(aside, folders)
        _copy(members, wanted, aside)
        sync_files(aside / name for name in wanted)
        if manifest is not None:
            write_aside(aside / MANIFEST_NAME, manifest)
        shutil.rmtree(folder, ignore_errors=True)
        aside.replace(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    finally:
        _let_go(members)


def _let_go(members: Iterable[Member]) -> None:
    """End what is read half: the engine would hold a container until somebody has read the rest."""
    if isinstance(members, Generator):
        members.close()


def _copy(members: Iterable[Member], wanted: dict[str, ValueFile], aside: Path) -> None:
    left = dict(wanted)
    for number, member in enumerate(members):
        if number > _MAX_MEMBERS:
            raise BadOutput("too many files")
        if member.kind == "folder" or member.name == MANIFEST_NAME:
            continue
        if member.kind != "file":
            raise BadOutput(f"{member.name!r} is a {member.kind}, only regular files are taken")
        file = left.pop(member.name, None)
        if file is None:
            raise BadOutput(f"{member.name!r} is not in the manifest")
        _copy_file(member, file, aside / file.name)
    if left:
        raise BadOutput(f"{next(iter(left))!r} is missing")


def _copy_file(member: Member, file: ValueFile, path: Path) -> None:
    if member.size != file.size:
        raise BadOutput(f"{file.name!r} has {member.size} bytes, its manifest says {file.size}")
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = FileDigest()
    for chunk in write_member(member, path, file.size):
        digest.update(chunk)
    if digest.text() != file.sha256:
        raise BadOutput(f"{file.name!r} is not what its producer wrote (sha256 differs)")


def small_json(members: Iterable[Member], value: Value) -> bytes | None:
    """A value's bytes where it is JSON of at most a mebibyte; None for any other.

    raises: BadOutput
    """
    if value.format != "json" or not value.files or value.files[0].size > 2**20:
        return None
    file = value.files[0]
    for number, member in enumerate(members):
        if number > _MAX_MEMBERS:
            raise BadOutput("too many files")
        if member.name == file.name and member.kind == "file" and member.size == file.size:
            data = member.read(file.size)
            if sha256(data) != file.sha256:
                break
            return data
    raise BadOutput(f"{file.name!r} is not what its producer wrote")


def _kept_manifest(folder: Path) -> Manifest:
    """The manifest of a kept result. Raises NoRun where there is none that can be read."""
    try:
        return parse_manifest((folder / MANIFEST_NAME).read_bytes())
    except FileNotFoundError:
        raise NoRun(f"{folder}: holds no result") from None
    except BadManifest as fault:
        raise NoRun(f"{folder / MANIFEST_NAME}: {fault}", "run the pipeline again") from None


def load_result(folder: Path) -> Result:
    """A kept result: JSON as Python values, a tuple part by part, everything else as Stored."""
    return _result(_kept_manifest(folder).value, folder)


def _result(value: Value, folder: Path) -> Result:
    if value.parts is not None:
        items = (_result(item, folder) for item in value.parts)
        return tuple(items) if value.format == "tuple" else list(items)
    if value.format == "json" and value.files and value.files[0].size <= _MAX_JSON:
        data = (folder / value.files[0].name).read_bytes()
        try:
            plain: JsonValue = json.loads(data)
        except (ValueError, RecursionError):
            pass  # a hostile runner may call anything JSON: then it stays in its file
        else:
            return plain
    path = folder / value.files[0].name if value.format == "file" and value.files else folder
    return Stored(
        type=value.type,
        format=value.format,
        preview=value.preview,
        size=value.size,
        path=path,
        about=value.about,
    )


def check_export(folder: Path) -> None:
    """Whether results may be written there, asked before a run that takes long.

    raises: ExportFault where something is in the folder already, or it cannot be made
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise ExportFault(f"{folder}: is not empty", "choose an empty folder, or empty this one")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ExportFault(f"{folder}: {fault.strerror}", "choose another folder") from None


def export_results(run: RunFolder, folder: Path) -> tuple[Path, ...]:
    """Copy the kept results of a run into ``folder/<call>/``, without the manifests. Gives the files, sorted.

    raises: NoRun, ExportFault (a file of that name is there already, or the folder cannot be written)
    """
    calls = sorted(path for path in run.results.iterdir()) if run.results.is_dir() else []
    if not calls:
        raise NoRun(f"{run.path.name}: no results are kept of this run")
    written: list[Path] = []
    for source in calls:
        if source.name.startswith("."):
            continue
        value = _kept_manifest(source).value
        for file in value.all_files():
            target = folder / source.name / file.name
            if target.exists() or target.is_symlink():
                raise ExportFault(f"{target}: is there already", "choose an empty folder")
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / file.name, target, follow_symlinks=False)
            except OSError as fault:
                raise ExportFault(f"{target}: {fault.strerror}") from fault
            written.append(target)
        try:
            make_folders(folder / source.name, value.all_folders())
        except OSError as fault:
            raise ExportFault(f"{fault.filename}: {fault.strerror}") from fault
    return tuple(sorted(written))


def result_folder(run: RunFolder, call: CallId) -> Path:
    """Where the result of a call is kept. Raises NoRun where it is not."""
    folder = run.result(call)
    if not folder.is_dir():
        raise NoRun(f"{run.path.name}: no result of '{call}' is kept")
    return folder
