"""The calls of a run as its picture shows them: many calls of one step side by side are one box. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ops0.runtime.page.graph import Edge, Node, lay_out, layers_of
from ops0.runtime.page.sections import CallShown

FEW = 8
"""Calls of one step that stand side by side each in a box of its own."""

_WORST_FIRST = (
    "failed", "pausing", "running", "starting", "waiting", "cancelled", "skipped", "done",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A box: one call with its ``anchor``, or several of one step, which ``words`` find in the list of calls."""

    node: Node
    title: str
    below: str
    phase: str
    anchor: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """All boxes, and the curves between them by the anchors of their ends."""

    boxes: tuple[Box, ...]
    edges: tuple[tuple[str, str, Edge], ...]
    width: float
    height: float


def overview(calls: Sequence[CallShown], after: Mapping[str, Sequence[str]]) -> Overview:
    """The picture. ``after``: each call, in order -> the calls that it reads."""
    members: dict[str, list[CallShown]] = {}
    box_of: dict[str, str] = {}
    layer = layers_of(after)
    beside = Counter((call.step, layer[call.name]) for call in calls)
    for call in calls:
        place = (call.step, layer[call.name])
        box_of[call.name] = f"{place}" if beside[place] > FEW else call.name
        members.setdefault(box_of[call.name], []).append(call)
    # What reads a group stands behind it: the order of layers is an order of boxes, too.
    order = sorted(members, key=lambda box: layer[members[box][0].name])
    picture = lay_out(
        {
            box: list(dict.fromkeys(box_of[p] for one in members[box] for p in after[one.name]))
            for box in order
        }
    )
    anchors = {box: found[0].anchor for box, found in members.items()}
    return Overview(
        boxes=tuple(_box(node, members[node.name]) for node in picture.nodes),
        edges=tuple((anchors[one.start], anchors[one.end], one) for one in picture.edges),
        width=picture.width,
        height=picture.height,
    )


def _box(node: Node, calls: Sequence[CallShown]) -> Box:
    first = calls[0]
    if len(calls) > 1:
        phases = Counter(call.phase for call in calls)
        worst = [phase for phase in _WORST_FIRST if phases[phase]]
        return Box(
            node=node,
            title=f"{first.step} × {len(calls)}",  # noqa: RUF001 - a count is told by a cross
            below=", ".join(f"{phases[phase]} {phase}" for phase in worst[:2]),
            phase=worst[0] if worst else "",
            anchor=first.anchor,
            words=first.step,
        )
    below = first.facts[0][1] if first.facts else first.phase
    tries = len(first.attempts)
    return Box(
        node=node,
        title=first.name,
        below=f"{below} · {tries} attempts" if tries > 1 else below,
        phase=first.phase,
        anchor=first.anchor,
        words="",
    )
