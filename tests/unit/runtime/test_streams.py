"""The attached stream, in whatever pieces it comes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ops0.host.engine_frames import Frames
from ops0.runtime.engines.streams import Lines


def frame(channel: int, data: bytes) -> bytes:
    return bytes([channel, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    at = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(at)]


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 2, 9]), st.binary(max_size=30)), max_size=8),
    st.lists(st.integers(0, 300), max_size=12),
)
def test_frames_come_out_as_they_went_in(frames: list[tuple[int, bytes]], cuts: list[int]) -> None:
    found: dict[str, bytes] = {"out": b"", "err": b""}
    reader = Frames()
    for piece in pieces(b"".join(frame(c, d) for c, d in frames), cuts):
        for channel, data in reader.feed(piece):
            found[channel] += data
    assert found["out"] == b"".join(d for c, d in frames if c == 1)
    assert found["err"] == b"".join(d for c, d in frames if c == 2)


@given(
    st.lists(st.text(alphabet="abü ", max_size=20), max_size=6),
    st.lists(st.integers(0, 150), max_size=9),
)
def test_lines_come_out_as_they_went_in(lines: list[str], cuts: list[int]) -> None:
    found: list[str] = []
    cutter = Lines(found.append, 1000)
    for piece in pieces("".join(f"{line}\n" for line in lines).encode(), cuts):
        cutter.feed(piece)
    cutter.end()
    assert found == lines


def test_a_last_line_without_its_newline_is_a_line() -> None:
    found: list[str] = []
    cutter = Lines(found.append, 100)
    cutter.feed(b"one\r\ntw")
    cutter.feed(b"o")
    cutter.end()
    cutter.end()
    assert found == ["one", "two"]


def test_an_endless_line_is_given_in_pieces() -> None:
    found: list[str] = []
    cutter = Lines(found.append, 10)
    for _ in range(25):
        cutter.feed(b"x")
    cutter.end()
    assert found == ["x" * 10, "x" * 10, "x" * 5]


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    found: list[str] = []
    cutter = Lines(found.append, 10)
    cutter.feed(b"a\xff\n")
    assert found == ["a\ufffd"]
