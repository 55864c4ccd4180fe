"""A source that notes what was asked of it, so that an answer which depends on nothing else can be kept.

The analysis is a pure function of its arguments and of what its source answers. So its result holds for as long as
the source would answer the same questions in the same way: files that were read have the same bytes, files that were
looked for and missed are still missing, folders hold the same names. Nothing is concluded from times or sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ops0.core.digest import digest_of, sha256
from ops0.core.errors import Ops0Error
from ops0.core.project_files import Source

__all__ = ["Trace", "TracedSource", "still_holds"]

Trace = tuple[tuple[str, str, str], ...]
"""(question, path, digest of the answer) in the order of the first asking."""

Answer = TypeVar("Answer")


@dataclass(eq=False)
class TracedSource:
    """A Source around another one.

    changed: an answer was not what it had been before: somebody is editing, and the trace proves nothing
    """

    source: Source
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    changed: bool = False

    @property
    def trace(self) -> Trace:
        """What has been asked so far."""
        return tuple((question, path, told) for (question, path), told in self.answers.items())

    def read(self, path: str) -> bytes | None:
        """See Source."""
        return self._ask("read", path, self.source.read)

    def is_dir(self, path: str) -> bool:
        """See Source."""
        return self._ask("is_dir", path, self.source.is_dir)

    def list(self, path: str) -> tuple[str, ...]:
        """See Source."""
        return self._ask("list", path, self.source.list)

    def _ask(self, question: str, path: str, ask: Callable[[str], Answer]) -> Answer:
        try:
            answer = ask(path)
        except Ops0Error as fault:
            self._note(question, path, _digest_of_fault(fault))
            raise
        self._note(question, path, _digest(answer))
        return answer

    def _note(self, question: str, path: str, told: str) -> None:
        if self.answers.setdefault((question, path), told) != told:
            self.changed = True


def still_holds(trace: Trace, source: Source) -> bool:
    """Whether a source answers everything as it did; no for questions that nobody asks."""
    asks: dict[str, Callable[[str], object]] = {
        "read": source.read,
        "is_dir": source.is_dir,
        "list": source.list,
    }
    for question, path, told in trace:
        if question not in asks:
            return False
        try:
            now = _digest(asks[question](path))
        except Ops0Error as fault:
            now = _digest_of_fault(fault)
        if now != told:
            return False
    return True


def _digest(answer: object) -> str:
    """64 hex digits for bytes and lists of names; words for the rest."""
    if isinstance(answer, bytes):
        return sha256(answer)
    return digest_of(answer) if isinstance(answer, tuple) else str(answer)


def _digest_of_fault(fault: Ops0Error) -> str:
    return f"{type(fault).__name__}: {fault}"
