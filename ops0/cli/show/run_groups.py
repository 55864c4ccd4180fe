"""What a mapped call became, as one row: a thousand rows tell people less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ops0.core.pipeline import CallId
from ops0.runtime.monitoring import CallView, Phase, RunView

SHOWN = 20
"""A mapped call of up to so many items is told item by item in plain lines."""
_BUSY: tuple[Phase, ...] = ("failed", "running", "pausing", "starting", "waiting")


def grouped(view: RunView) -> list[CallView]:
    """The calls in order, those of a mapped one as one; beside it each of its items that has failed."""
    group_of = {item: mapped for mapped, items in view.spread.items() for item in items}
    rows = [
        CallView(call=mapped, step=mapped, after=(), phase="done", line="no items")
        for mapped, items in view.spread.items()
        if not items
    ]
    seen: set[CallId] = set()
    for call in view.calls.values():
        mapped_by = group_of.get(call.call)
        after = tuple(dict.fromkeys(group_of.get(one, one) for one in call.after))
        if mapped_by is None:
            rows.append(replace(call, after=after))
            continue
        if mapped_by not in seen:
            seen.add(mapped_by)
            items = [view.calls[one] for one in view.spread[mapped_by]]
            rows.append(_as_one(mapped_by, items, after))
        if call.phase == "failed":
            rows.append(replace(call, after=(mapped_by,)))
    return rows


def counted(items: Sequence[CallView]) -> str:
    """``314 of 1000 done, 2 failed``."""
    done = sum(one.phase == "done" for one in items)
    failed = sum(one.phase == "failed" for one in items)
    return f"{done} of {len(items)} done" + (f", {failed} failed" if failed else "")


def is_tenth(items: Sequence[CallView]) -> bool:
    """Whether with the last that is done another tenth of them is."""
    done = sum(one.phase == "done" for one in items)
    return done * 10 // len(items) > (done - 1) * 10 // len(items)


def _as_one(mapped: CallId, items: Sequence[CallView], after: tuple[CallId, ...]) -> CallView:
    phases = {one.phase for one in items}
    phase = next((one for one in _BUSY if one in phases), items[0].phase)
    if "done" in phases and phase == "waiting":
        phase = "running"
    began = [one.began for one in items if one.began is not None]
    ended = [one.ended for one in items if one.ended is not None]
    return CallView(
        call=mapped,
        step=items[0].step,
        after=after,
        phase=phase,
        began=min(began, default=None),
        ended=max(ended) if len(ended) == len(items) else None,
        line=counted(items),
    )
