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
from ops0.runtime.execution.attempt_log import LIMIT
from ops0.runtime.execution.carrying_on import job_under_way, time_left
from ops0.runtime.execution.endings import broke, gone, over
from ops0.runtime.execution.go_lines import go_inputs, go_line
from ops0.runtime.execution.live_run import LiveRun
from ops0.runtime.execution.mapping import spread_known
from ops0.runtime.execution.messages import Gone, Message, Noted, Over, Ready, Up
from ops0.runtime.execution.parking import depth
from ops0.runtime.execution.rescuing import rescue
from ops0.runtime.execution.restoring import Restorer
from ops0.runtime.execution.run_spec import model_given, next_job, secrets_for
from ops0.runtime.execution.stopping import CLEAN_LIMIT, interrupted
from ops0.runtime.execution.verdict import not_ready, too_long
from ops0.runtime.execution.worker import LEAVING, Assignment, Worker
from ops0.runtime.keeping.lookups import Kept, Missed
from ops0.runtime.resuming.past import UnderWay

READY_LIMIT = 600.0
"""Seconds from a container's start to its runner's ready: an import takes long on a busy machine, but not for ever."""
_MANY = 64
CALM = 0.2
"""Seconds without a start, an import or an end, after which there is time to tidy up."""


class Interrupt:
    """The user or the system asks the run to end."""


class Conductor:
    """Leads one run over an engine. ``execute`` ends when every call is done, failed, skipped or cancelled."""

    def __init__(self, live: LiveRun, alerts: Alerts) -> None:
        self.live = live
        self._alerts = alerts
        self._queue: SimpleQueue[Message | Kept | Missed | Interrupt] = SimpleQueue()
        self._restorer = Restorer(live, self._queue.put)
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

    def execute(self) -> None:
        """Run every call that can run."""
        schedule = self.live.schedule
        while self._goes_on():
            self._fire_timers()
            # Releases before starts: what runs decides what may be started ahead.
            for call in schedule.take_releases():
                self._release(call)
            schedule.ahead = depth(self.live.engine.free_memory(), self.live.spec.jobs)
            for call in schedule.take_starts():
                if not self._restorer.ask(call):
                    self._start(call)
            message = self._next_message()
            if message is not None:
                self._handle(message)
                if not isinstance(message, Noted):
                    self._tidy_at = self.live.spec.clock() + CALM

    def _goes_on(self) -> bool:
        spread_known(self.live)  # which may end it: a mapped call may become none, or be impossible
        return not self.live.schedule.finished and not self._gave_up()

    def clean(self) -> None:
        """Leave nothing behind: no thread, no container, no volume, no process. A fault on the way ends last."""
        try:
            self._clean_up()
        finally:
            self.live.engine.close()
            for worker in self._workers:
                # Its container is removed: what it has printed last is read to the end.
                if worker.leaving:
                    worker.join(LEAVING)

    def _clean_up(self) -> None:
        live = self.live
        live.engine.give_up_starts()
        # A disk that is full is told elsewhere, and no reason to leave anything behind.
        with suppress(OSError):
            live.log.add("run.cleaning")
        until = live.spec.clock() + CLEAN_LIMIT
        for worker in self._workers:
            if live.schedule.state(worker.job.call) != "done":
                worker.dismiss(0)
        for worker in self._workers:
            if not worker.leaving:  # what is left of it goes with all else, at once
                worker.join(max(0.1, until - live.spec.clock()))
        if any(state != "done" for state in live.schedule.states().values()):
            rescue(live, lambda: self._asked)
        self._restorer.clean(until)

    # -- starting and releasing

    def _start(self, call: CallId) -> None:
        live, live_call = self.live, self.live.calls[call]
        live_call.attempts += 1
        live_call.ready, live_call.retrying = False, None
        job = next_job(live.spec, live.call(call), live_call.attempts)
        live.log.add(
            "attempt.starting", call, job.attempt, what=live.engine.title(job), nonce=job.nonce
        )
        self._begin(job, adopt=False)

    def adopt(self, call: CallId, under_way: UnderWay) -> None:
        """Take on an attempt that an earlier leader of the run has sent its go line."""
        live, live_call = self.live, self.live.calls[call]
        live_call.ready, live_call.begun = True, live.spec.clock()
        job = job_under_way(live, call, under_way)
        number = live_call.went
        live.log.add(
            "attempt.adopted", call, job.attempt, what=live.engine.title(job), number=number
        )
        live.schedule.adopted(call)
        limit = job.step.options.timeout
        if limit is not None:
            live.set_timer(time_left(limit, under_way), "limit", call, job.attempt)
        self._begin(job, adopt=True)

    def _begin(self, job: Job, *, adopt: bool) -> None:
        live, live_call, spec = self.live, self.live.calls[job.call], self.live.spec
        assignment = Assignment(
            job=job,
            folder=spec.folder,
            keep=job.call in live.results,
            secrets=secrets_for(spec, job),
            keeping=live_call.keeping,
            supplies=tuple(live.supplies[one] for one in job.producers if one in live.supplies),
            adopt=adopt,
            log_limit=LIMIT if spec.log_limit is None else spec.log_limit,
        )
        live_call.worker = Worker(live.engine, assignment, self._queue.put)
        if len(self._workers) > _MANY:  # those that have ended need no join
            self._workers = {worker for worker in self._workers if not worker.join(0)}
        self._workers.add(live_call.worker)
        live_call.worker.begin()

    def _release(self, call: CallId) -> None:
        live, live_call = self.live, self.live.calls[call]
        assert live_call.worker is not None  # noqa: S101 - only a started call is released
        job = live_call.worker.job
        now = live.spec.clock()
        live_call.begun = now if live_call.begun is None else live_call.begun
        inputs: dict[str, JsonValue] = {p: live.calls[p].output for p in job.producers}
        waited = round(now - live_call.up, 6)
        live_call.went += 1
        number = live_call.went
        live.log.add("attempt.go", call, job.attempt, parked=waited, inputs=inputs, number=number)
        live_call.worker.go(self._go_line(job, live_call.worker))
        if job.step.options.timeout is not None:
            live.set_timer(job.step.options.timeout, "limit", call, job.attempt)

    def _go_line(self, job: Job, worker: Worker) -> bytes:
        spec, engine = self.live.spec, self.live.engine
        step, call = job.step, self.live.call(job.call)
        inputs = go_inputs(call, step, spec.params, self._given)
        model = model_given(spec, engine, step.name)
        if model is not None:
            inputs[PARAMETER] = {"from": "value", **model}
        return go_line(
            job,
            output=engine.output_path(job.call, job.attempt),
            inputs=inputs,
            secrets=worker.secrets,
            apart=job.call in self.live.apart,
            tell=worker.wants_result,
        )

    def _given(self, producer: CallId) -> Mapping[str, JsonValue]:
        live_call = self.live.calls[producer]
        assert live_call.done is not None  # noqa: S101 - a call is released when all its producers are done
        return {
            "path": self.live.engine.input_path(producer, live_call.output),
            "nonce": live_call.done.manifest.nonce,
            "manifest": live_call.done.digest,
        }

    # -- messages

    def _next_message(self) -> Message | Kept | Missed | Interrupt | None:
        known = (self.live.timers.next, self._give_up_at, self._tidy_at)
        ends = [at for at in known if at is not None]
        timeout = max(0.0, min(ends) - self.live.spec.clock()) if ends else None
        try:
            return self._queue.get(timeout=timeout)
        except Empty:
            return None

    def _handle(self, message: Message | Kept | Missed | Interrupt) -> None:
        if isinstance(message, Interrupt):
            self._give_up_at = interrupted(self.live) + self.live.spec.clock()
        elif isinstance(message, Kept):
            self._restorer.found(message)
        elif isinstance(message, Missed):
            if self._restorer.missed(message):
                self._start(message.call)
        else:
            self._hear(message)

    def _hear(self, message: Message) -> None:
        live = self.live
        call = message.job.call
        live_call = live.calls[call]
        current = live_call.worker is not None and live_call.worker.job is message.job
        if not current or live.schedule.state(call) not in ("parked", "running"):
            return  # the last words of an attempt that nobody needs any more
        if isinstance(message, Up):
            live_call.up = live.spec.clock()
            live.schedule.started(call)
            if live.schedule.state(call) == "running" and live_call.worker is not None:
                # Adopted: its first leader may have been killed before the line that it had announced was sent. A
                # runner reads one line only, so the same one again does no harm.
                live_call.worker.go(self._go_line(message.job, live_call.worker))
            live.set_timer(READY_LIMIT, "ready", call, message.job.attempt)
        elif isinstance(message, Ready):
            live_call.ready = True
            live.schedule.ready(call)
            live.log.add("attempt.ready", call, message.job.attempt, seconds=message.seconds)
        elif isinstance(message, Noted):
            live.log.add(message.kind, call, message.job.attempt, **message.data)
        elif isinstance(message, Over):
            over(live, message, self._alerts)
        elif isinstance(message, Gone):
            gone(live, message)
        else:
            broke(live, message)

    # -- time

    def _fire_timers(self) -> None:
        live = self.live
        if self._tidy_at is not None and live.spec.clock() >= self._tidy_at:
            self._tidy_at = None
            if live.schedule.calm:
                live.engine.tidy()
        for timer in live.timers.take_due(live.spec.clock()):
            live_call, state = live.calls[timer.call], live.schedule.state(timer.call)
            if live_call.attempts != timer.attempt or live_call.worker is None:
                continue
            limit = live_call.worker.job.step.options.timeout
            if timer.kind == "retry":
                live.schedule.due(timer.call)
            elif timer.kind == "limit" and state == "running" and limit is not None:
                live_call.worker.give_up(too_long(limit), live.spec.grace)
            elif timer.kind == "ready" and state in ("parked", "running") and not live_call.ready:
                live_call.worker.give_up(not_ready(READY_LIMIT), live.spec.grace)

    def _gave_up(self) -> bool:
        return self._give_up_at is not None and self.live.spec.clock() >= self._give_up_at
