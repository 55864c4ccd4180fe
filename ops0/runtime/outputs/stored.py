"""An output whose attempt nobody waits for any more: read and checked where it is, or judged like one that ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ops0.core.values.bounds import LARGEST_MANIFEST
from ops0.core.values.digest import FileDigest
from ops0.host.usage import Usage
from ops0.runtime.engine import Attempt, Exit, Member
from ops0.runtime.errors import Failure
from ops0.runtime.outputs.manifest import Manifest
from ops0.runtime.outputs.results import BadOutput
from ops0_runner.protocol import MANIFEST_NAME

_CHUNK = 1 << 20


def stored_manifest(members: Iterable[Member]) -> bytes | None:
    """The manifest's bytes in an output; None where there is none."""
    for member in members:
        if (
            member.name == MANIFEST_NAME
            and member.kind == "file"
            and member.size <= LARGEST_MANIFEST
        ):
            return member.read(LARGEST_MANIFEST)
    return None


def check_members(members: Iterable[Member], manifest: Manifest) -> None:
    """Whether an output holds every file that its manifest names, byte for byte. Raises BadOutput."""
    left = {file.name: file for file in manifest.value.all_files()}
    for member in members:
        file = left.get(member.name)
        if file is None or member.kind != "file":
            continue
        digest, unread = FileDigest(), file.size
        while unread > 0 and (data := member.read(min(_CHUNK, unread))):
            digest.update(data)
            unread -= len(data)
        if member.size != file.size or digest.text() != file.sha256:
            raise BadOutput(f"{file.name!r} is not what its producer wrote")
        del left[member.name]
    if left:
        raise BadOutput(f"{next(iter(left))!r} is missing")


def stored_attempt(members: Callable[[], Iterator[Member]]) -> Attempt | None:
    """An attempt that left a manifest, and of which nothing else is known; None where there is none."""
    manifest = stored_manifest(members())
    return None if manifest is None else StoredAttempt(members, manifest)


@dataclass(frozen=True, slots=True)
class StoredAttempt:
    """Attempt, of which only the output is left."""

    read: Callable[[], Iterator[Member]]
    data: bytes

    def go(self, line: bytes) -> None:
        """See Attempt. It had its go line."""

    def listen(self, enough: Callable[[], bool]) -> bool:  # noqa: ARG002
        """See Attempt. It has said all."""
        return False

    def wait(self, whole: Callable[[], bool]) -> Exit:  # noqa: ARG002
        """See Attempt. Nobody knows its exit code: the manifest tells."""
        return Exit(code=255, lost=True)

    def stop(self, grace: float) -> None:
        """See Attempt."""

    def manifest(self) -> bytes | None:
        """See Attempt."""
        return self.data

    def members(self) -> Iterator[Member]:
        """See Attempt."""
        return self.read()

    def beside(self, behind: str) -> Iterator[Member]:  # noqa: ARG002
        """See Attempt. That went with it."""
        return iter(())

    def on_current_lines(self, failure: Failure) -> Failure:
        """See Attempt."""
        return failure

    def usage(self) -> Usage | None:
        """See Attempt."""
        return None

    def remove(self) -> None:
        """See Attempt."""
