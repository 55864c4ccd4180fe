"""What unit tests may not do: start programs, open connections. Python itself tells of it, on every thread."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["nothing_started"]

_REFUSED = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.startfile"}
    | {"pty.spawn", "socket.connect", "socket.sendto", "socket.sendmsg"}
)  # fmt: skip
_blocks: list[list[str]] = []


def _refuse(event: str, args: tuple[object, ...]) -> None:
    if event in _REFUSED and _blocks:
        told = f"{event}{args!r:.200}"
        _blocks[-1].append(told)
        raise AssertionError(f"a unit test may not start programs or open connections: {told}")


sys.addaudithook(_refuse)  # it stays for ever, and does nothing outside of a block


@contextmanager
def nothing_started() -> Iterator[None]:
    """A block that starts no program and opens no connection: a try fails where it is made, and at the block's end.

    raises: AssertionError
    """
    tried: list[str] = []
    _blocks.append(tried)
    try:
        yield
    finally:
        _blocks.remove(tried)
    if tried:
        raise AssertionError(f"a unit test tried to: {'; '.join(tried)}")
