"""The user's files as the analysis sees them: bytes by path, read when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Source(Protocol):
    """A project's files. Paths are POSIX and relative to the project's root; nothing outside is ever given."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file, or None where there is none."""

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder of that name (for namespace packages)."""

    def list(self, path: str) -> tuple[str, ...]:
        """Names directly in a folder, sorted; () where there is none."""


@dataclass(frozen=True)
class MemorySource:
    """Files given as a mapping: for tests, and for sources that have no disk."""

    files: Mapping[str, str | bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        """See Source."""
        data = self.files.get(path)
        return data.encode() if isinstance(data, str) else data

    def is_dir(self, path: str) -> bool:
        """See Source."""
        prefix = f"{path}/" if path not in ("", ".") else ""
        return any(name.startswith(prefix) for name in self.files)

    def list(self, path: str) -> tuple[str, ...]:
        """See Source."""
        prefix = f"{path}/" if path not in ("", ".") else ""
        inside = (name[len(prefix) :] for name in self.files if name.startswith(prefix))
        return tuple(sorted({name.split("/")[0] for name in inside}))
