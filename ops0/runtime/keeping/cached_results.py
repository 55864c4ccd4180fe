"""Results that are kept by what they follow from, for ``@ops0.cache``: found by key, whole or not at all.

::

    <cache>/results/index/<key>             sealed: which value, made when and by which run, from which recipe
    <cache>/results/values/<manifest>/      manifest.json and the value's files; named after the manifest's sha256

A step unpickles what stands here, so the index believes nobody but this user (see PrivateFolder), and a value is what
its manifest says, byte for byte, or it is none. Whoever takes one gets links of his own: what is removed or replaced
meanwhile does not touch him.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ops0.core.digest import digest_of, sha256
from ops0.core.values.digest import file_digest
from ops0.host.folders import cache_dir, state_dir
from ops0.host.sealed_cache import PrivateFolder
from ops0.host.second_names import link_or_copy
from ops0.runtime.engine import Member
from ops0.runtime.keeping.recipes import Recipe
from ops0.runtime.outputs.manifest import BadManifest, Manifest, ValueFile, parse_manifest
from ops0.runtime.outputs.results import BadOutput, keep_output, make_folders
from ops0_runner.protocol import MANIFEST_NAME

_MOST, _ROOM = 20_000, 64 * 2**20
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One cached result.

    manifest: sha256 of its manifest's bytes;  made: seconds since 1970;  until: when it expires, None: never
    run:      that made it;  size: bytes
    """

    manifest: str
    made: float
    until: float | None
    run: str
    size: int


@dataclass(frozen=True, slots=True)
class ResultCache:
    """The cached results of this user on this machine. Several runs may use it at once."""

    folder: Path
    index: PrivateFolder
    now: Callable[[], float] = field(default=time.time)

    def find(self, key: str) -> Entry | None:
        """The result that is kept by a key."""
        return _entry(self.index.get(key))

    def look(self, key: str) -> Entry | None:
        """As ``find``, but it does not count as used."""
        return _entry(self.index.read(key))

    def last(self, place: str) -> Recipe | None:
        """What the newest result of a place was made from, where a place is a call of a pipeline."""
        raw = _object(self.index.get(_last_key(place)))
        code, inputs = raw.get("code"), raw.get("inputs")
        if not isinstance(code, str) or not isinstance(inputs, dict):
            return None
        return Recipe(code=code, inputs=inputs)

    def take(self, entry: Entry, folder: Path) -> Manifest:
        """Give the value's files a second name in a folder, and check there that they are what was kept.

        What stands in the folder is removed: a process that was killed while it took the value left it.

        raises: BadOutput; OSError, FileNotFoundError too where the value is gone
        """
        source = self.value(entry.manifest)
        data = (source / MANIFEST_NAME).read_bytes()
        if sha256(data) != entry.manifest:
            raise BadOutput(f"{MANIFEST_NAME!r} is not what was kept")
        try:
            manifest = parse_manifest(data)
        except BadManifest as fault:
            raise BadOutput(str(fault)) from None
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        make_folders(folder, manifest.value.all_folders())
        for file in manifest.value.all_files():
            (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
            link_or_copy(source / file.name, folder / file.name)
            _check_file(folder / file.name, file)
        link_or_copy(source / MANIFEST_NAME, folder / MANIFEST_NAME)
        return manifest

    def keep(
        self,
        key: str,
        place: str,
        recipe: Recipe,
        ttl: float | None,
        members: Iterable[Member],
        manifest: bytes,
    ) -> None:
        """Keep an output by a key, in place of what is there. Raises BadOutput, OSError."""
        digest = sha256(manifest)
        self._make()
        keep_output(members, manifest, self.value(digest))
        parsed, made = parse_manifest(manifest), self.now()
        until = None if ttl is None else made + ttl
        said = {"manifest": digest, "made": made, "until": until, "run": parsed.run}
        self.index.put(key, _text({**said, "size": parsed.value.size}))
        self.index.put(
            _last_key(place), _text({"code": recipe.code, "inputs": dict(recipe.inputs)})
        )

    def drop(self, key: str, entry: Entry) -> None:
        """Remove a result; one that has been kept by its key since stays."""
        found = self.look(key)
        if found is None or found.manifest == entry.manifest:
            self.index.drop(key)
        shutil.rmtree(self.value(entry.manifest), ignore_errors=True)

    def value(self, manifest: str) -> Path:
        """The folder of a value."""
        return self.values / manifest

    @property
    def values(self) -> Path:
        """Where all values are."""
        return self.folder / "values"

    def entries(self) -> list[tuple[str, float, Entry]]:
        """All cached results: key, when it was asked for last, entry."""
        found = ((key, used, _entry(data)) for key, used, data in self.index.peek())
        return [(key, used, entry) for key, used, entry in found if entry is not None]

    def _make(self) -> None:
        """Nobody else may look into what steps gave."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def user_results() -> ResultCache:
    """The cached results of this user."""
    folder = cache_dir() / "results"
    index = PrivateFolder(
        folder=folder / "index", secret=state_dir() / "results.key", most=_MOST, room=_ROOM
    )
    return ResultCache(folder, index)


def _check_file(path: Path, file: ValueFile) -> None:
    """Whether a file is what its manifest says. Raises BadOutput, OSError."""
    with os.fdopen(os.open(path, _OPEN), "rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size != file.size:
            raise BadOutput(f"{file.name!r} has {size} bytes, its manifest says {file.size}")
        if file_digest(stream.fileno(), size) != file.sha256:
            raise BadOutput(f"{file.name!r} is not what its producer wrote (sha256 differs)")


def _last_key(place: str) -> str:
    return digest_of(["last", place])


def _text(said: object) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode()


def _object(data: bytes | None) -> dict[str, object]:
    try:
        found = json.loads(data) if data is not None else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _entry(data: bytes | None) -> Entry | None:
    raw = _object(data)
    manifest, made, until = raw.get("manifest"), raw.get("made"), raw.get("until")
    run, size = raw.get("run"), raw.get("size")
    known = isinstance(manifest, str) and isinstance(made, (int, float)) and isinstance(run, str)
    if not known or not isinstance(size, int) or not isinstance(until, (int, float, type(None))):
        return None
    return Entry(
        manifest=str(manifest), made=float(str(made)), until=until, run=str(run), size=size
    )
