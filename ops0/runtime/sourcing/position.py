"""How far one source has been read: kept beside its batch, and survives whatever is killed.

A source that was told a position and did not answer may still take it, after a later one has been told: a broker that
stood still, or a client that goes on trying. So a position that comes back by itself is not taken for somebody's wish.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops0.host.folders import write_aside
from ops0.integrations.reading import Position

_FILE = "position.json"
_LATE = 600.0
"""Seconds in which what was told without an answer may still arrive: librdkafka tries for about four minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """``settled``: up to there results are committed;  acknowledged: up to there the source knows; None: nothing.

    ``unanswered``: what the source was told without an answer, and when: seconds since 1970.
    """

    settled: Position | None = None
    acknowledged: Position | None = None
    unanswered: tuple[tuple[float, Position], ...] = ()

    def is_late(self, position: Position) -> bool:
        """Whether the source may have come to ``position`` by taking late what it was told."""
        return any(position == one for _, one in self.unanswered)

    def awaited(self, now: float) -> tuple[tuple[float, Position], ...]:
        """What may still arrive."""
        return tuple(one for one in self.unanswered if abs(now - one[0]) < _LATE)


def read_state(folder: Path) -> State:
    """What is known of the source in ``folder``; nothing, before its first batch."""
    data = read_data(folder / _FILE) or {}
    told = tuple((float(at), position) for at, position in data.get("unanswered", ()))
    settled, acknowledged = data.get("settled"), data.get("acknowledged")
    return State(settled=settled, acknowledged=acknowledged, unanswered=told)


def write_state(folder: Path, state: State, source: str) -> None:
    """``source``: its name, for whoever looks into the file."""
    positions = {"settled": state.settled, "acknowledged": state.acknowledged}
    data = {"v": 1, "source": source, **positions, "unanswered": state.unanswered}
    write_data(folder / _FILE, data)


def write_data(path: Path, data: Any) -> None:
    """Put JSON data in the place of what is there, on the disk when this returns."""
    write_aside(path, json.dumps(data).encode() + b"\n", mode=0o600)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_data(path: Path) -> Any:
    """What ``write_data`` has put there; None where there is nothing, or nothing of this version."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return data if isinstance(data, dict) and data.get("v") == 1 else None
