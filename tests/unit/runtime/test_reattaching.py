"""The streams of a container that another process has started."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from ops0.host.engine_errors import EngineUnreachable
from ops0.host.engine_frames import Channel, Frames
from ops0.runtime.engines.docker_api import Attached
from ops0.runtime.engines.reattaching import Followed


class Unreachable:
    def __call__(self) -> Attached:
        raise EngineUnreachable("unix:///fake", "connection refused")


def read_all(streams: Followed) -> dict[str, bytes]:
    frames, found = Frames(), {"out": b"", "err": b""}
    while data := streams.read():
        for channel, part in frames.feed(data):
            found[channel] += part
    return found


def test_both_channels_come_while_it_runs_and_one_that_breaks_off_ends_there() -> None:
    heard = threading.Event()

    def follow(channel: Channel) -> Iterator[bytes]:
        yield b"first "
        if channel == "err":
            raise EngineUnreachable("unix:///fake", "connection reset")
        assert heard.wait(10), "nothing is read before it has ended"
        yield b"last"

    streams = Followed(follow, Unreachable())
    frames = Frames()
    early = [part for _ in range(2) for part in frames.feed(streams.read())]
    assert sorted(early) == [("err", b"first "), ("out", b"first ")]
    heard.set()
    assert read_all(streams) == {"out": b"last", "err": b""}
    assert streams.read() == b"", "its end stays its end"


def test_whoever_reads_is_let_go_when_it_is_closed() -> None:
    never = threading.Event()

    def follow(_: Channel) -> Iterator[bytes]:
        never.wait(10)
        yield from ()

    streams = Followed(follow, Unreachable())
    streams.write(b"{}\n")
    threading.Timer(0.05, streams.close).start()
    assert read_all(streams) == {"out": b"", "err": b""}
    never.set()


def test_an_input_that_is_connected_after_the_end_is_let_go() -> None:
    closed: list[str] = []

    class Input:
        def read(self) -> bytes:
            return b""

        def write(self, data: bytes) -> None:
            closed.append("written")

        def close(self) -> None:
            closed.append("closed")

    def connect() -> Attached:
        streams.close()
        return Input()

    streams = Followed(lambda _channel: iter(()), connect)
    streams.write(b"{}\n")
    assert closed == ["closed"]
