"""A step that prints for ever fills no disk: its beginning and its end are kept."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ops0.runtime.execution.attempt_log import _TAIL, AttemptLog


def written(path: Path, limit: int, lines: list[bytes]) -> tuple[bytes, int]:
    with closing(AttemptLog(path, limit)) as log:
        for line in lines:
            log.write(line)
    return path.read_bytes(), log.left_out


def test_what_fits_is_kept_as_it_is(tmp_path: Path) -> None:
    lines = [b"%d\n" % n for n in range(1000)]
    assert written(tmp_path / "log", 10_000, lines) == (b"".join(lines), 0)


def test_of_more_the_beginning_and_the_end_are_kept_and_the_gap_is_told(tmp_path: Path) -> None:
    lines = [b"line %08d\n" % n for n in range(200_000)]
    data, left_out = written(tmp_path / "log", 1400, lines)
    kept = data.splitlines(keepends=True)
    assert kept[:100] == lines[:100]
    assert (
        kept[100] == b"ops0: more than 1400 bytes were printed: only the end of the rest is kept\n"
    )
    assert kept[101] == b"ops0: %d bytes are left out here (setting `log_limit`)\n" % left_out
    assert kept[102:] == lines[-len(kept[102:]) :]
    assert len(b"".join(kept[102:])) <= _TAIL
    assert left_out == sum(map(len, lines)) - 1400 - len(b"".join(kept[102:]))


def test_a_little_more_loses_nothing(tmp_path: Path) -> None:
    lines = [b"1234567\n"] * 100
    data, left_out = written(tmp_path / "log", 80, lines)
    assert left_out == 0
    assert data.count(b"1234567\n") == 100
    assert b"left out here" not in data


def test_lines_longer_than_all_that_is_kept_are_left_out(tmp_path: Path) -> None:
    data, left_out = written(tmp_path / "log", 0, [b"x" * (_TAIL + 1) + b"\n", b"end\n"])
    assert left_out == _TAIL + 2
    assert data.endswith(b"(setting `log_limit`)\nend\n")


def test_after_its_end_nothing_is_taken(tmp_path: Path) -> None:
    log = AttemptLog(tmp_path / "log")
    log.close()
    log.write(b"late\n")
    log.close()
    assert (tmp_path / "log").read_bytes() == b""


def test_what_an_earlier_ops0_heard_stays_until_it_comes_anew(tmp_path: Path) -> None:
    """An engine keeps no log of a step with secrets: of one that was adopted nothing comes anew."""
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    AttemptLog(path, again=True).close()
    assert path.read_bytes() == b"one\n"
    with closing(AttemptLog(path, again=True)) as log:
        log.write(b"one\n")
        log.write(b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
