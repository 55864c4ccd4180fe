"""What runs next: the states of all calls, and which may start or go now. No effects, no clock.

A call's way::

    pending ──start──> parked ──go──> running ──> done
       │                 │              │  └────> failed
       │                 │              └──────> pending (again), when it is to be retried
       └────────┬────────┘
                └──> skipped (a call it needs failed) | cancelled (the run is stopping)

A mapped call (``Call.each``) is never started: ``spread`` puts others in its place.

Parked: its container is up and imports its module; ``go`` follows when all its producers are done and a slot is
free. A call whose producers are done but who has no slot yet is not started; one whose producers are all done,
running or parked themselves may be started ahead, the first that could be first: at most ``ahead`` of them wait at a
time, and none is begun while ``abreast`` calls are still importing, or before the first is ready as many as may run:
nothing else runs then that could hide what they take from each other. One that is ``late`` never is, since it may turn
out that it need not run; and what reads from it waits until it runs, for its value may come from elsewhere.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Sequence

from ops0.core.pipeline import Call, CallId
from ops0.runtime.execution.parking import abreast
from ops0.runtime.inputs import producers_of
from ops0.runtime.states import CallState


class Schedule:
    """The states of all calls of one run. Changes only by its methods; cost per step grows with its edges only.

    ahead: how many calls may wait for their inputs; may be set anew at any time
    """

    def __init__(
        self,
        calls: Sequence[Call],
        *,
        jobs: int,
        ahead: int,
        abreast: int = 2,
        late: Collection[CallId] = (),
    ) -> None:
        self._open: set[CallId] = set()
        self._order: dict[CallId, tuple[int, ...]] = {}
        self._state: dict[CallId, CallState] = {}
        self._consumers: dict[CallId, list[CallId]] = {call.id: [] for call in calls}
        self._undone: dict[CallId, int] = {}  # producers that are not done
        self._idle: dict[CallId, int] = {}  # producers that are pending, or late and parked
        self._ready: list[tuple[tuple[int, ...], CallId]] = []  # a heap of order
        self._near: deque[CallId] = deque()  # first come, first parked: no chain far, others not
        self._mapped = {call.id for call in calls if call.each}
        self._held: set[CallId] = set()  # pending, but waiting for the time of its next attempt
        self._up: set[CallId] = set()  # parked and started: can take its go line
        self._running: set[CallId] = set()
        self._parked_ready: set[CallId] = set()
        self._parked_early: set[CallId] = set()
        self._importing: set[CallId] = set()
        self._jobs, self._abreast, self.ahead = jobs, abreast, ahead
        self._late = set(late)
        self._stopping = False
        self._some_ready = False
        for number, call in enumerate(calls):
            self._add(call, (number,))

    def _add(self, call: Call, place: tuple[int, ...]) -> None:
        self._open.add(call.id)
        self._order[call.id], self._state[call.id] = place, "pending"
        producers = producers_of(call)
        states = [self._state[one] for one in producers]
        self._undone[call.id] = sum(one != "done" for one in states)
        self._idle[call.id] = sum(self._keeps_back(one) for one in producers)
        for producer in producers:
            self._consumers[producer].append(call.id)
        if not self._undone[call.id]:
            self._push(call.id)
        elif not self._idle[call.id]:
            self._near.append(call.id)

    def _keeps_back(self, call: CallId) -> bool:
        """Whether what reads from it cannot be parked yet."""
        state = self._state[call]
        return state == "pending" or (state == "parked" and call in self._late)

    def _push(self, call: CallId) -> None:
        heapq.heappush(self._ready, (self._order[call], call))

    def spread(self, mapped: CallId, producers: Sequence[CallId], calls: Sequence[Call]) -> None:
        """Others stand in the place of a mapped call that has not begun, and whoever waited for it waits for them.

        producers: the mapped call's
        """
        for producer in producers:
            self._consumers[producer].remove(mapped)
        waiting, place = self._consumers.pop(mapped), self._order.pop(mapped)
        del self._state[mapped]
        self._open.discard(mapped)
        for number, call in enumerate(calls):
            self._consumers[call.id] = list(waiting)
            self._add(call, (*place, number))
            if mapped in self._late:
                self._late.add(call.id)
        for consumer in waiting:
            self._undone[consumer] += len(calls) - 1
            self._idle[consumer] += len(calls) - 1
            if not self._undone[consumer] and self._state[consumer] == "pending":
                self._push(consumer)

    def state(self, call: CallId) -> CallState:
        """Its state now."""
        return self._state[call]

    def states(self) -> dict[CallId, CallState]:
        """All states, in the pipeline's order."""
        return {
            call: self._state[call] for call in sorted(self._state, key=self._order.__getitem__)
        }

    @property
    def finished(self) -> bool:
        """Whether nothing is under way and nothing will start any more."""
        return not self._open

    @property
    def calm(self) -> bool:
        """Whether nothing is being started or imports its module."""
        return not self._importing

    def take_starts(self) -> tuple[CallId, ...]:
        """The calls to start now; they are parked from now on."""
        if self._stopping:
            return ()
        starts: list[CallId] = []
        while self._ready and len(self._running) + len(self._parked_ready) < self._jobs:
            _, call = heapq.heappop(self._ready)
            if self._startable(call) and not self._undone[call]:
                starts.append(self._park(call))
        # Calls that were parked early become ready many at once: they still take the places of those to come.
        while self._near and self._may_park_early:
            call = self._near.popleft()
            wanted = call not in self._late and not self._idle[call] and self._undone[call]
            if self._startable(call) and wanted:
                starts.append(self._park(call))
        return tuple(starts)

    @property
    def _may_park_early(self) -> bool:
        early = len(self._parked_early)
        under_way = len(self._running) + len(self._parked_ready) + early
        room = early < self.ahead and under_way < self._jobs + self.ahead
        at_first = min(self._abreast, abreast(self._jobs, containers=False))
        return room and len(self._importing) < (self._abreast if self._some_ready else at_first)

    def take_releases(self) -> tuple[CallId, ...]:
        """The parked calls to send their go line now; they are running from now on."""
        fit = sorted(self._up & self._parked_ready, key=self._order.__getitem__)
        free = max(0, self._jobs - len(self._running))
        for call in fit[:free]:
            self._unpark(call)
            self._state[call] = "running"
            self._running.add(call)
            if call in self._late:
                self._count_idle(call, -1)
        return tuple(fit[:free])

    def started(self, call: CallId) -> None:
        """Its container is up."""
        if self._state[call] == "parked":
            self._up.add(call)

    def ready(self, call: CallId) -> None:
        """It has imported its module."""
        self._importing.discard(call)
        self._some_ready = True

    def done(self, call: CallId) -> None:
        """It succeeded."""
        self._end(call, "done")
        for consumer in self._consumers[call]:
            self._undone[consumer] -= 1
            if self._undone[consumer]:
                continue
            if consumer in self._parked_early:
                self._parked_early.discard(consumer)
                self._parked_ready.add(consumer)
            elif self._state[consumer] == "pending":
                self._push(consumer)

    def restored(self, call: CallId) -> None:
        """It need not run: what it gives is there."""
        if self._keeps_back(call):
            self._count_idle(call, -1)
        self.done(call)

    def adopted(self, call: CallId) -> None:
        """It runs already: somebody sent it its go line before this run was taken over."""
        self._state[call] = "running"
        self._running.add(call)
        self._count_idle(call, -1)

    def retry(self, call: CallId) -> None:
        """An attempt failed; another follows when ``due`` is said. Its consumers that are parked stay so."""
        counted = not self._keeps_back(call)
        self._end(call, "pending")
        self._held.add(call)
        if counted:
            self._count_idle(call, +1)

    def due(self, call: CallId) -> None:
        """The time of its next attempt has come."""
        if call not in self._held:
            return
        self._held.discard(call)
        if not self._undone[call]:
            self._push(call)
        elif not self._idle[call]:  # it had been parked, and was lost before its inputs were there
            self._near.append(call)

    def failed(self, call: CallId) -> tuple[CallId, ...]:
        """It failed for good. Gives the calls that are skipped by that, in order; parked ones must be dismissed."""
        self._end(call, "failed")
        skipped: set[CallId] = set()
        todo = [call]
        while todo:
            for consumer in self._consumers[todo.pop()]:
                if self._state[consumer] in ("pending", "parked"):
                    self._end(consumer, "skipped")
                    skipped.add(consumer)
                    todo.append(consumer)
        return tuple(sorted(skipped, key=self._order.__getitem__))

    def stop(self) -> tuple[CallId, ...]:
        """Start nothing any more. Gives the calls that are cancelled by that; parked ones must be dismissed.

        What is running ends by itself, and so does a call between two attempts: it is not attempted again.
        """
        self._stopping = True
        cancelled = [one for one, state in self.states().items() if state in ("pending", "parked")]
        for call in cancelled:
            self._end(call, "cancelled")
        return tuple(cancelled)

    def cancelled(self, call: CallId) -> None:
        """It was running and was stopped on purpose."""
        self._end(call, "cancelled")

    def _startable(self, call: CallId) -> bool:
        waits = self._state.get(call) == "pending" and call not in self._held
        return waits and call not in self._mapped

    def _park(self, call: CallId) -> CallId:
        self._state[call] = "parked"
        self._importing.add(call)
        (self._parked_early if self._undone[call] else self._parked_ready).add(call)
        if call not in self._late:
            self._count_idle(call, -1)
        return call

    def _unpark(self, call: CallId) -> None:
        for group in (self._up, self._parked_ready, self._parked_early):
            group.discard(call)

    def _end(self, call: CallId, state: CallState) -> None:
        self._unpark(call)
        for group in (self._running, self._held, self._importing):
            group.discard(call)
        self._state[call] = state
        if state != "pending":
            self._open.discard(call)

    def _count_idle(self, call: CallId, change: int) -> None:
        for consumer in self._consumers[call]:
            self._idle[consumer] += change
            if change < 0 and not self._idle[consumer] and self._state[consumer] == "pending":
                self._near.append(consumer)
