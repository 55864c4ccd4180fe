"""One run, from its first attempt to its last: takes what the schedule allows, tells workers, hears them, logs it.

Everything here happens on one thread. Workers, timers and signals only put messages into one queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue

from ops0.core.api.model import PARAMETER
from ops0.core.pipeline import CallId, JsonValue
from ops0.runtime.alerting.alerts import Alerts
from ops0.runtime.engine import Job
from ops0.runtime.keeping.lookups import Kept, Missed
from ops0.runtime.playing.attempt_log import LIMIT
from ops0.runtime.playing.carrying_on import job_under_way, time_left
from ops0.runtime.playing.endings import broke, gone, over
from ops0.runtime.playing.go_lines import go_inputs, go_line
from ops0.runtime.playing.mapping import spread_known
from ops0.runtime.playing.messages import Gone, Message, Noted, Over, Ready, Up
from ops0.runtime.playing.parking import depth
from ops0.runtime.playing.rescuing import rescue
from ops0.runtime.playing.restoring import Restorer
from ops0.runtime.playing.stage import Stage
from ops0.runtime.playing.stopping import CLEAN_LIMIT, interrupted
from ops0.runtime.playing.tracks import model_given, next_job, secrets_for
from ops0.runtime.playing.verdict import not_ready, too_long
from ops0.runtime.playing.worker import LEAVING, Assignment, Worker
from ops0.runtime.resuming.past import UnderWay

READY_LIMIT = 600.0
"""Seconds from a container's start to its runner's ready: an import takes long on a busy machine, but not for ever."""
_MANY = 64
CALM = 0.2
"""Seconds without a start, an import or an end, after which there is time to tidy up."""


class Interrupt:
    """The user or the system asks the run to end."""


class Conductor:
    """Leads one run over an engine. ``play`` ends when every call is done, failed, skipped or cancelled."""

    def __init__(self, stage: Stage, alerts: Alerts) -> None:
        self.stage = stage
        self._alerts = alerts
        self._queue: SimpleQueue[Message | Kept | Missed | Interrupt] = SimpleQueue()
        self._restorer = Restorer(stage, self._queue.put)
        self._workers: set[Worker] = set()
        self._give_up_at: float | None = None
        self._tidy_at: float | None = None
        self._asked = 0

    def interrupt(self) -> None:
        """Ask the run to end. May be called from a signal handler or another thread."""
        self._asked += 1
        self._queue.put(Interrupt())

    def is_interrupted(self) -> bool:
        """Whether somebody has asked the run to end."""
        return self._asked > 0

    def play(self) -> None:
        """Run every call that can run."""
        schedule = self.stage.schedule
        while self._goes_on():
            self._fire_timers()
            # Releases before starts: what runs decides what may be started ahead.
            for call in schedule.take_releases():
                self._release(call)
            schedule.ahead = depth(self.stage.engine.free_memory(), self.stage.orders.jobs)
            for call in schedule.take_starts():
                if not self._restorer.ask(call):
                    self._start(call)
            message = self._next_message()
            if message is not None:
                self._handle(message)
                if not isinstance(message, Noted):
                    self._tidy_at = self.stage.orders.clock() + CALM

    def _goes_on(self) -> bool:
        spread_known(
            self.stage
        )  # which may end it: a mapped call may become none, or be impossible
        return not self.stage.schedule.finished and not self._gave_up()

    def clean(self) -> None:
        """Leave nothing behind: no thread, no container, no volume, no process. A fault on the way ends last."""
        try:
            self._clean_up()
        finally:
            self.stage.engine.close()
            for worker in self._workers:
                if (
                    worker.leaving
                ):  # its container is removed: what it has printed last is read to the end
                    worker.join(LEAVING)

    def _clean_up(self) -> None:
        stage = self.stage
        # A disk that is full is told elsewhere, and no reason to leave anything behind.
        with suppress(OSError):
            stage.log.add("run.cleaning")
        until = stage.orders.clock() + CLEAN_LIMIT
        for worker in self._workers:
            if stage.schedule.state(worker.job.call) != "done":
                worker.dismiss(0)
        for worker in self._workers:
            if not worker.leaving:  # what is left of it goes with all else, at once
                worker.join(max(0.1, until - stage.orders.clock()))
        if any(state != "done" for state in stage.schedule.states().values()):
            rescue(stage, hurry=lambda: self._asked > 1)
        self._restorer.clean(until)

    # -- starting and releasing

    def _start(self, call: CallId) -> None:
        stage, track = self.stage, self.stage.tracks[call]
        track.attempts += 1
        track.ready, track.retrying = False, None
        job = next_job(stage.orders, stage.call(call), track.attempts)
        stage.log.add(
            "attempt.starting", call, job.attempt, what=stage.engine.title(job), nonce=job.nonce
        )
        self._begin(job, adopt=False)

    def adopt(self, call: CallId, under_way: UnderWay) -> None:
        """Take on an attempt that an earlier leader of the run has sent its go line."""
        stage, track = self.stage, self.stage.tracks[call]
        track.ready, track.begun = True, stage.orders.clock()
        job = job_under_way(stage, call, under_way)
        stage.log.add("attempt.adopted", call, job.attempt, what=stage.engine.title(job))
        stage.schedule.adopted(call)
        limit = job.step.options.timeout
        if limit is not None:
            stage.set_timer(time_left(limit, under_way), "limit", call, job.attempt)
        self._begin(job, adopt=True)

    def _begin(self, job: Job, *, adopt: bool) -> None:
        stage, track, orders = self.stage, self.stage.tracks[job.call], self.stage.orders
        assignment = Assignment(
            job=job,
            folder=orders.folder,
            keep=job.call in stage.results,
            secrets=secrets_for(orders, job),
            keeping=track.keeping,
            supplies=tuple(stage.supplies[one] for one in job.producers if one in stage.supplies),
            adopt=adopt,
            log_limit=LIMIT if orders.log_limit is None else orders.log_limit,
        )
        track.worker = Worker(stage.engine, assignment, self._queue.put)
        if len(self._workers) > _MANY:  # those that have ended need no join
            self._workers = {worker for worker in self._workers if not worker.join(0)}
        self._workers.add(track.worker)
        track.worker.begin()

    def _release(self, call: CallId) -> None:
        stage, track = self.stage, self.stage.tracks[call]
        assert track.worker is not None  # noqa: S101 - only a started call is released
        job = track.worker.job
        now = stage.orders.clock()
        track.begun = now if track.begun is None else track.begun
        inputs: dict[str, JsonValue] = {p: stage.tracks[p].output for p in job.producers}
        waited = round(now - track.up, 6)
        stage.log.add("attempt.go", call, job.attempt, parked=waited, inputs=inputs)
        track.worker.go(self._go_line(job, track.worker))
        if job.step.options.timeout is not None:
            stage.set_timer(job.step.options.timeout, "limit", call, job.attempt)

    def _go_line(self, job: Job, worker: Worker) -> bytes:
        orders, engine = self.stage.orders, self.stage.engine
        step, call = job.step, self.stage.call(job.call)
        inputs = go_inputs(call, step, orders.params, self._given)
        model = model_given(orders, engine, step.name)
        if model is not None:
            inputs[PARAMETER] = {"from": "value", **model}
        return go_line(
            job,
            output=engine.output_path(job.call, job.attempt),
            inputs=inputs,
            secrets=worker.secrets,
            apart=job.call in self.stage.apart,
            tell=worker.wants_result,
        )

    def _given(self, producer: CallId) -> Mapping[str, JsonValue]:
        track = self.stage.tracks[producer]
        assert track.done is not None  # noqa: S101 - a call is released when all its producers are done
        return {
            "path": self.stage.engine.input_path(producer, track.output),
            "nonce": track.done.manifest.nonce,
            "manifest": track.done.digest,
        }

    # -- messages

    def _next_message(self) -> Message | Kept | Missed | Interrupt | None:
        known = (self.stage.timers.next, self._give_up_at, self._tidy_at)
        ends = [at for at in known if at is not None]
        timeout = max(0.0, min(ends) - self.stage.orders.clock()) if ends else None
        try:
            return self._queue.get(timeout=timeout)
        except Empty:
            return None

    def _handle(self, message: Message | Kept | Missed | Interrupt) -> None:
        if isinstance(message, Interrupt):
            self._give_up_at = interrupted(self.stage) + self.stage.orders.clock()
        elif isinstance(message, Kept):
            self._restorer.found(message)
        elif isinstance(message, Missed):
            if self._restorer.missed(message):
                self._start(message.call)
        else:
            self._heard(message)

    def _heard(self, message: Message) -> None:
        stage = self.stage
        call = message.job.call
        track = stage.tracks[call]
        current = track.worker is not None and track.worker.job is message.job
        if not current or stage.schedule.state(call) not in ("parked", "running"):
            return  # the last words of an attempt that nobody needs any more
        if isinstance(message, Up):
            track.up = stage.orders.clock()
            stage.schedule.started(call)
            if stage.schedule.state(call) == "running" and track.worker is not None:
                # Adopted: its first leader may have been killed before the line that it had announced was sent. A
                # runner reads one line only, so the same one again does no harm.
                track.worker.go(self._go_line(message.job, track.worker))
            stage.set_timer(READY_LIMIT, "ready", call, message.job.attempt)
        elif isinstance(message, Ready):
            track.ready = True
            stage.schedule.ready(call)
            stage.log.add("attempt.ready", call, message.job.attempt, seconds=message.seconds)
        elif isinstance(message, Noted):
            stage.log.add(message.kind, call, message.job.attempt, **message.data)
        elif isinstance(message, Over):
            over(stage, message, self._alerts)
        elif isinstance(message, Gone):
            gone(stage, message)
        else:
            broke(stage, message)

    # -- time

    def _fire_timers(self) -> None:
        stage = self.stage
        if self._tidy_at is not None and stage.orders.clock() >= self._tidy_at:
            self._tidy_at = None
            if stage.schedule.calm:
                stage.engine.tidy()
        for timer in stage.timers.take_due(stage.orders.clock()):
            track, state = stage.tracks[timer.call], stage.schedule.state(timer.call)
            if track.attempts != timer.attempt or track.worker is None:
                continue
            limit = track.worker.job.step.options.timeout
            if timer.kind == "retry":
                stage.schedule.due(timer.call)
            elif timer.kind == "limit" and state == "running" and limit is not None:
                track.worker.give_up(too_long(limit), stage.orders.grace)
            elif timer.kind == "ready" and state in ("parked", "running") and not track.ready:
                track.worker.give_up(not_ready(READY_LIMIT), stage.orders.grace)

    def _gave_up(self) -> bool:
        return self._give_up_at is not None and self.stage.orders.clock() >= self._give_up_at
