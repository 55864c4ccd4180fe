"""BuildKit's progress stream (``--progress=rawjson``) as typed events. Pure: lines in, events out.

source: https://github.com/moby/buildkit/blob/master/client/graph.go (SolveStatus)
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ops0.core.pipeline import StepName

_LOG_LINES = 40

InstructionState = Literal["started", "done", "cached", "failed", "stopped", "missed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """An instruction of a Dockerfile, or work that BuildKit does around it, has changed its state.

    steps:   whose images it belongs to;  () for work that is nobody's
    text:    as BuildKit names it, without the target;  stage: "" where there is none
    seconds: what it took, once it has ended
    state:   ``missed`` is a cache outside the engine that gave nothing: BuildKit goes on without it
    """

    id: str
    steps: tuple[StepName, ...]
    stage: str
    text: str
    state: InstructionState
    seconds: float = 0.0
    fact: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstructionLog:
    """What a running instruction said: text, perhaps several lines."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InstructionBytes:
    """How far a transfer or an export is. ``total`` is 0 where nobody knows."""

    id: str
    what: str
    current: int
    total: int


BuildKitEvent = Instruction | InstructionLog | InstructionBytes

_NAME = re.compile(
    r"\[(?:(?P<head>[^\] ]+) )?(?P<tail>(?!\d+/\d+\])[^\] ]+)(?: +(?P<count>\d+/\d+))?\] ?(?P<rest>.*)",
    re.DOTALL,
)
_FINAL_STATES = frozenset({"done", "cached", "failed", "stopped", "missed"})
_CACHE = "importing cache manifest from "


class RawJson:
    """Reads the stream line by line and keeps what a failure needs: its instruction and last words.

    stages:  stage -> steps, as in BuildTree;  targets: bake target -> step
    """

    def __init__(
        self, stages: Mapping[str, tuple[StepName, ...]], targets: Mapping[str, StepName]
    ) -> None:
        self._stages, self._targets = stages, targets
        self._seen: dict[str, Instruction] = {}
        self._logs: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_LOG_LINES))
        self.other: deque[str] = deque(maxlen=_LOG_LINES)

    def read(self, line: str) -> Iterator[BuildKitEvent]:
        """The events of one line. A line that is no status is kept in ``other`` and gives none."""
        try:
            status = json.loads(line)
        except ValueError:
            status = None
        if not isinstance(status, dict):
            if line.strip():
                self.other.append(line)
            return
        for vertex in _dicts(status.get("vertexes")):
            yield from self._vertex(vertex)
        for one in _dicts(status.get("statuses")):
            current, total = _number(one.get("current")), _number(one.get("total"))
            if current or total:
                id_, what = str(one.get("vertex", "")), str(one.get("id", ""))
                yield InstructionBytes(id=id_, what=what, current=current, total=total)
        for log in _dicts(status.get("logs")):
            yield self._log(log)

    @property
    def failures(self) -> tuple[Instruction, ...]:
        """The instructions that failed, in the order in which they began."""
        return tuple(one for one in self._seen.values() if one.state == "failed")

    @property
    def failed(self) -> Instruction | None:
        """The instruction that failed: of several, the one that said most."""
        return max(self.failures, key=lambda one: len(self._logs[one.id]), default=None)

    def log_of(self, instruction: Instruction) -> str:
        """The last lines of an instruction."""
        return "\n".join("".join(self._logs[instruction.id]).splitlines()[-_LOG_LINES:])

    def _vertex(self, vertex: Mapping[str, Any]) -> Iterator[Instruction]:
        state = _state(vertex)
        if state is None:
            return
        id_ = str(vertex.get("digest", ""))
        steps, stage, text = self._place(str(vertex.get("name", "")))
        now = Instruction(
            id=id_,
            steps=steps,
            stage=stage,
            text=text,
            state=state,
            seconds=_seconds(vertex) if state in _FINAL_STATES else 0.0,
            fact=str(vertex.get("error") or ""),
        )
        before = self._seen.get(id_)
        # Each target that shares an instruction reports its end, with times of its own: once is enough.
        if before is None or before.state != state:
            self._seen[id_] = now
            yield now

    def _log(self, log: Mapping[str, Any]) -> InstructionLog:
        try:
            text = base64.b64decode(log.get("data") or "").decode("utf-8", "replace")
        except (binascii.Error, TypeError, ValueError):
            text = ""
        id_ = str(log.get("vertex", ""))
        self._logs[id_].append(text)
        return InstructionLog(id=id_, text=text)

    def _place(self, name: str) -> tuple[tuple[StepName, ...], str, str]:
        """``[target stage 2/2] RUN …``: BuildKit leaves the target out where there is only one."""
        match = _NAME.fullmatch(name)
        if match is None:
            return (), "", name
        head, tail, rest = match["head"] or "", match["tail"], match["rest"]
        if tail in self._stages:
            return self._stages[tail], tail, rest
        owner = self._targets.get(head)
        if owner is None and len(self._targets) == 1:
            owner = next(iter(self._targets.values()))
        stage = tail if match["count"] else ""
        return (() if owner is None else (owner,)), stage, rest or tail


def _state(vertex: Mapping[str, Any]) -> InstructionState | None:
    error = str(vertex.get("error") or "")
    if error:
        # The others stop when one fails: only their text tells the one from the others.
        if "context canceled" in error:
            return "stopped"
        return "missed" if _CACHE in str(vertex.get("name", "")) else "failed"
    if vertex.get("cached"):
        return "cached"
    if vertex.get("completed"):
        return "done"
    return "started" if vertex.get("started") else None


def _seconds(vertex: Mapping[str, Any]) -> float:
    try:
        begun, ended = (_time(str(vertex[key])) for key in ("started", "completed"))
    except (KeyError, ValueError):
        return 0.0
    return max(0.0, (ended - begun).total_seconds())


def _time(text: str) -> datetime:
    """RFC 3339 with up to nine digits; Python 3.10 reads exactly six, and no Z."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _number(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
