"""A folder of this user's own with small results by key: bounded, safe beside another ops0, and lost without harm."""

from __future__ import annotations

import hmac
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path

from ops0.host.folders import write_aside

_KEY = re.compile(r"[0-9a-f]{64}")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_HEAD = 65
"""Bytes: the seal of what follows, and a line end."""
_SECRET = 32
"""Bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateFolder:
    """A Kept on disk: one file an entry, ``<key>``, its seal first.

    most:   entries;   room: bytes of all of them together. Beyond either the ones that were asked for longest ago go.
    secret: a file of 32 random bytes, made when it is missing: where no cache is copied to or restored from

    What an entry says decides what goes into images. So one that anybody else owns or may write is as good as none, and
    so is one that was not sealed with this secret: a cache folder may travel, between the runners of a CI say.
    """

    folder: Path
    secret: Path
    most: int = 100
    room: int = 256 * 2**20

    def get(self, key: str) -> bytes | None:
        """See Kept: whole, unchanged, and this user's own; else None."""
        body = self.read(key)
        if body is not None:
            with suppress(OSError):
                os.utime(self._path(key))  # what is asked for stays
        return body

    def peek(self) -> Iterator[tuple[str, float, bytes]]:
        """All that is there and whole: key, when it was asked for last (seconds since 1970), bytes. Marks nothing."""
        with suppress(FileNotFoundError):
            for entry in sorted(os.scandir(self.folder), key=lambda one: one.name):
                body = self.read(entry.name) if _KEY.fullmatch(entry.name) else None
                with suppress(FileNotFoundError):
                    if body is not None:
                        yield entry.name, entry.stat(follow_symlinks=False).st_mtime, body

    def drop(self, key: str) -> None:
        """Keep it no longer."""
        with suppress(OSError):
            self._path(key).unlink()

    def read(self, key: str) -> bytes | None:
        """As ``get``, but it does not count as asked for."""
        try:
            with os.fdopen(os.open(self._path(key), _OPEN), "rb") as stream:
                told = os.fstat(stream.fileno())
                if not stat.S_ISREG(told.st_mode) or not _is_own(told):
                    return None
                data = stream.read(self.room + _HEAD)
        except OSError:
            return None
        body = data[_HEAD:]
        seal = self._seal(key, body)
        return body if seal is not None and compare_digest(data[:_HEAD], seal) else None

    def put(self, key: str, data: bytes) -> None:
        """See Kept. A folder that cannot be written costs time, not the command."""
        if len(data) > self.room // 4:
            return  # one project would push out all others
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            seal = self._seal(key, data)
            if seal is None or not _is_own(self.folder.stat()):
                return
            write_aside(self._path(key), seal + data, mode=0o600)
            self._prune()

    def _seal(self, key: str, body: bytes) -> bytes | None:
        """What proves that this user wrote it on this machine; None where there can be no secret."""
        secret = _read_secret(self.secret) or _made_secret(self.secret)
        if secret is None:
            return None
        return hmac.new(secret, key.encode() + body, "sha256").hexdigest().encode() + b"\n"

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key")
        return self.folder / key

    def _prune(self) -> None:
        """Remove what is beyond the bounds; what another ops0 removes meanwhile is gone all the same."""
        found: list[tuple[float, int, Path]] = []
        for entry in os.scandir(self.folder):
            with suppress(FileNotFoundError):
                told = entry.stat(follow_symlinks=False)
                found.append((told.st_mtime, told.st_size, Path(entry.path)))
        total = 0
        for number, (_, size, path) in enumerate(sorted(found, reverse=True)):
            total += size
            if number >= self.most or total > self.room:
                path.unlink(missing_ok=True)


def _read_secret(path: Path) -> bytes | None:
    with suppress(OSError), os.fdopen(os.open(path, _OPEN), "rb") as stream:
        told = os.fstat(stream.fileno())
        private = _is_own(told) and not told.st_mode & (stat.S_IRGRP | stat.S_IROTH)
        if stat.S_ISREG(told.st_mode) and private and told.st_size == _SECRET:
            return stream.read(_SECRET)
    return None


def _made_secret(path: Path) -> bytes | None:
    """A new secret where there is no file yet; two that come at once agree on the first."""
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with os.fdopen(
                os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as stream:
                stream.write(os.urandom(_SECRET))
            with suppress(FileExistsError):
                os.link(aside, path)
        finally:
            aside.unlink(missing_ok=True)
    return _read_secret(path)


def _is_own(told: os.stat_result) -> bool:
    """Whether only this user may have written it."""
    return told.st_uid == os.geteuid() and not told.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
