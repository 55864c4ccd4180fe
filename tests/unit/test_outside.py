"""A unit test can neither start a program nor open a connection, whoever catches the error."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from outside import _blocks, nothing_started


@pytest.fixture(autouse=True)
def nothing_outside() -> Iterator[None]:
    """Not the one of all unit tests: here it is tried."""
    yield
    assert not _blocks


def connect() -> None:
    with socket.socket() as one:
        one.connect_ex(("127.0.0.1", 9))


TRUE = sys.executable
TRIES = [
    lambda: subprocess.run([TRUE, "-c", ""], check=True),
    lambda: os.system(f"{TRUE} -c ''"),
    lambda: os.posix_spawn(TRUE, [TRUE, "-c", ""], {}),
    lambda: os.execv(TRUE, [TRUE, "-c", ""]),
    lambda: os.spawnv(os.P_WAIT, TRUE, [TRUE, "-c", ""]),
    os.fork,
    connect,
]


def tried(work: Callable[[], object]) -> None:
    with nothing_started():
        work()


def swallowed(work: Callable[[], object]) -> None:
    with suppress(BaseException):
        work()


@pytest.mark.parametrize("attempt", TRIES)
def test_it_fails_where_it_is_tried(attempt: Callable[[], object]) -> None:
    with pytest.raises(AssertionError, match="may not"):
        tried(attempt)


@pytest.mark.parametrize("attempt", TRIES)
def test_it_fails_where_the_error_is_swallowed(attempt: Callable[[], object]) -> None:
    with pytest.raises(AssertionError, match="tried to"):
        tried(lambda: swallowed(attempt))


def test_it_fails_where_a_thread_tried() -> None:
    def work() -> None:
        thread = threading.Thread(target=swallowed, args=(connect,), daemon=True)
        thread.start()
        thread.join()

    with pytest.raises(AssertionError, match=r"socket\.connect"):
        tried(work)


def test_what_a_block_raises_is_kept() -> None:
    def work() -> None:
        swallowed(connect)
        raise ValueError("own")

    with pytest.raises(ValueError, match="own"):
        tried(work)
