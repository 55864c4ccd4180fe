"""The values of calls that were done before a run was resumed: found wherever they are, checked, made ready."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path

from ops0.core.digest import sha256
from ops0.core.pipeline import CallId
from ops0.runtime.engine import Engine, Member
from ops0.runtime.outputs.folder_members import folder_members
from ops0.runtime.outputs.manifest import BadManifest, Manifest, parse_manifest
from ops0.runtime.outputs.results import BadOutput, keep_output
from ops0.runtime.outputs.stored import check_members, stored_manifest
from ops0.runtime.resuming.past import Ended
from ops0.runtime.runs import RunFolder

Read = Callable[[], Iterator[Member]]


class FoundValues:
    """Looks for values: in the engine, then among what the run has kept on this machine.

    manifests: of the values that were found;  handed: folders of those that the engine does not have
    """

    def __init__(self, engine: Engine, folder: RunFolder, results: AbstractSet[CallId]) -> None:
        self.manifests: dict[CallId, Manifest] = {}
        self.handed: dict[CallId, Path] = {}
        self._engine, self._folder, self._results = engine, folder, results
        self._told: dict[CallId, str | None] = {}

    def missing(self, call: CallId, ended: Ended) -> str | None:
        """Find a value and check every byte of it, once. Gives None, or what is wrong. Raises EngineError, OSError."""
        if call not in self._told:
            self._told[call] = self._missing(call, ended)
        return self._told[call]

    def _missing(self, call: CallId, ended: Ended) -> str | None:
        faults: list[str] = []
        places = (self._folder.value(call), self._folder.taken(call), self._folder.result(call))
        reads: list[tuple[Read, Path | None]] = [
            (partial(self._engine.stored, call, ended.attempt), None),
            *((partial(folder_members, place), place) for place in places),
        ]
        for read, place in reads:
            try:
                data = stored_manifest(read())
                if data is None:
                    continue
                self._check(call, ended, data, read)
            except (BadOutput, BadManifest) as fault:
                faults.append(str(fault))
                continue
            if place is not None:
                self._hand(call, data, read)
            return None
        return f"its value is damaged ({faults[0]})" if faults else "its value is gone"

    def _check(self, call: CallId, ended: Ended, data: bytes, read: Read) -> None:
        if sha256(data) != ended.manifest:
            raise BadOutput("its manifest is not what the log says")
        manifest = parse_manifest(data)
        result = self._folder.result(call)
        if call in self._results and not _is_whole(result, data, manifest):
            keep_output(read(), data, result)  # checks as it copies
        else:
            check_members(read(), manifest)
        self.manifests[call] = manifest

    def _hand(self, call: CallId, data: bytes, read: Read) -> None:
        """A copy for the engine: what is handed in may be moved."""
        again = self._folder.again(call)
        shutil.rmtree(again, ignore_errors=True)
        again.parent.mkdir(parents=True, exist_ok=True)
        keep_output(read(), data, again)
        self.handed[call] = again


def _is_whole(folder: Path, data: bytes, manifest: Manifest) -> bool:
    """Whether a folder holds a value already."""
    try:
        if stored_manifest(folder_members(folder)) != data:
            return False
        check_members(folder_members(folder), manifest)
    except BadOutput:
        return False
    return True
