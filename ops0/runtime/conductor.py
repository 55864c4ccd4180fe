"""One run, from its first attempt to its last: takes what the schedule allows, tells workers, hears them, logs it.

Everything here happens on one thread. Workers, timers and signals only put messages into one queue.
"""

from __future__ import annotations

from queue import Empty, SimpleQueue

from ops0.core.errors import Ops0Error, RunError
from ops0.core.pipeline import CallId, JsonValue
from ops0.runtime.alerts import Alerts
from ops0.runtime.engine import Engine
from ops0.runtime.errors import Failure, call_failed
from ops0.runtime.events import EventLog
from ops0.runtime.golines import go_line
from ops0.runtime.schedule import Schedule
from ops0.runtime.timers import TimerKind, Timers
from ops0.runtime.tracks import Orders, Track, failure_data, model_given, next_job, scene
from ops0.runtime.verdict import Done, may_retry, not_ready, retry_delay, too_long
from ops0.runtime.worker import Broke, Message, Noted, Over, Ready, Up, Worker

READY_LIMIT = 600.0
"""Seconds from a container's start to its runner's ready: an import takes long on a busy machine, but not for ever."""
CLEAN_LIMIT = 30.0
_PREVIEW, _MANY = 400, 64


class Interrupt:
    """The user or the system asks the run to end."""


class Conductor:
    """Leads one run over an engine. ``play`` ends when every call is done, failed, skipped or cancelled."""

    def __init__(
        self, orders: Orders, engine: Engine, schedule: Schedule, log: EventLog, alerts: Alerts
    ) -> None:
        self.orders, self.schedule = orders, schedule
        self.tracks = {call.id: Track() for call in orders.pipeline.calls}
        self.errors: list[Ops0Error] = []
        self.interrupts = 0
        self._engine, self._log, self._alerts = engine, log, alerts
        self._calls = {call.id: call for call in orders.pipeline.calls}
        self._keep = frozenset(orders.pipeline.results)
        self._queue: SimpleQueue[Message | Interrupt] = SimpleQueue()
        self._timers = Timers()
        self._workers: set[Worker] = set()
        self._stopping = False
        self._give_up_at: float | None = None

    def interrupt(self) -> None:
        """Ask the run to end. May be called from a signal handler or another thread."""
        self._queue.put(Interrupt())

    def play(self) -> None:
        """Run every call that can run."""
        while not self.schedule.finished and not self._gave_up():
            self._fire_timers()
            for call in (
                self.schedule.take_releases()
            ):  # before the starts: what runs decides what may be started ahead
                self._release(call)
            for call in self.schedule.take_starts():
                self._start(call)
            message = self._next_message()
            if message is not None:
                self._handle(message)

    def clean(self) -> None:
        """Leave nothing behind: no thread, no container, no volume, no process."""
        self._log.add("run.cleaning")
        until = self.orders.clock() + CLEAN_LIMIT
        for worker in self._workers:
            if self.schedule.state(worker.job.call) != "done":
                worker.dismiss(0)
        for worker in self._workers:
            worker.join(max(0.1, until - self.orders.clock()))
        self._engine.close()

    # -- starting and releasing

    def _start(self, call: CallId) -> None:
        track = self.tracks[call]
        track.attempts += 1
        track.ready, track.retrying = False, None
        job = next_job(self.orders, self._calls[call], track.attempts)
        self._log.add(
            "attempt.starting", call, job.attempt, what=self._engine.title(job), nonce=job.nonce
        )
        track.worker = Worker(
            self._engine,
            job,
            folder=self.orders.folder,
            keep=call in self._keep,
            post=self._queue.put,
            secrets=self.orders.secrets.get(job.step.name, {}),
        )
        if len(self._workers) > _MANY:  # those that have ended need no join
            self._workers = {worker for worker in self._workers if not worker.join(0)}
        self._workers.add(track.worker)
        track.worker.begin()

    def _release(self, call: CallId) -> None:
        track = self.tracks[call]
        assert track.worker is not None  # noqa: S101 - only a started call is released
        job = track.worker.job
        now = self.orders.clock()
        track.begun = now if track.begun is None else track.begun
        line = go_line(
            job,
            self._calls[call],
            output=self._engine.output_path(call, job.attempt),
            params=self.orders.params,
            given=self._given,
            secrets=self.orders.secrets.get(job.step.name, {}),
            model=model_given(self.orders, self._engine, job.step.name),
        )
        inputs: dict[str, JsonValue] = {p: self.tracks[p].attempts for p in job.producers}
        waited = round(now - track.up, 6)
        self._log.add("attempt.go", call, job.attempt, parked=waited, inputs=inputs)
        track.worker.go(line)
        if job.step.options.timeout is not None:
            self._set_timer(job.step.options.timeout, "limit", call, job.attempt)

    def _given(self, producer: CallId) -> JsonValue:
        track = self.tracks[producer]
        assert track.done is not None  # noqa: S101 - a call is released when all its producers are done
        return {
            "path": self._engine.input_path(producer, track.attempts),
            "nonce": track.done.manifest.nonce,
            "manifest": track.done.digest,
        }

    # -- messages

    def _next_message(self) -> Message | Interrupt | None:
        ends = [at for at in (self._timers.next, self._give_up_at) if at is not None]
        timeout = max(0.0, min(ends) - self.orders.clock()) if ends else None
        try:
            return self._queue.get(timeout=timeout)
        except Empty:
            return None

    def _handle(self, message: Message | Interrupt) -> None:
        if isinstance(message, Interrupt):
            self._interrupted()
            return
        call = message.job.call
        track = self.tracks[call]
        current = track.worker is not None and track.worker.job is message.job
        if not current or self.schedule.state(call) not in ("parked", "running"):
            return  # the last words of an attempt that nobody needs any more
        if isinstance(message, Up):
            track.up = self.orders.clock()
            self.schedule.started(call)
            self._set_timer(READY_LIMIT, "ready", call, message.job.attempt)
        elif isinstance(message, Ready):
            track.ready = True
            self._log.add("attempt.ready", call, message.job.attempt, seconds=message.seconds)
        elif isinstance(message, Noted):
            self._log.add(message.kind, call, message.job.attempt, **message.data)
        elif isinstance(message, Over):
            self._over(message)
        else:
            self._broke(message)

    def _over(self, message: Over) -> None:
        job, outcome = message.job, message.outcome
        track = self.tracks[job.call]
        track.ended = self.orders.clock()
        code = message.exit.code if message.exit is not None else None
        if isinstance(outcome, Done):
            track.done = outcome
            value = outcome.manifest.value
            self._log.add(
                "attempt.done",
                job.call,
                job.attempt,
                seconds=self._seconds(track),
                exit=code,
                manifest=outcome.digest,
                size=value.size,
                preview=value.preview[:_PREVIEW],
                warning=outcome.warning,
            )
            self._alerts.after(job, outcome)
            self.schedule.done(job.call)
            self._log.add(
                "call.done", job.call, attempts=track.attempts, seconds=self._seconds(track)
            )
        elif self.interrupts:
            self.schedule.cancelled(job.call)
            self._log.add("call.cancelled", job.call, because="interrupt")
        else:
            self._failed(message, outcome, code)

    def _failed(self, message: Over, failure: Failure, code: int | None) -> None:
        job = message.job
        track = self.tracks[job.call]
        track.failure = failure
        options = job.step.options
        again = (
            may_retry(failure) and track.attempts < options.retry_attempts and not self._stopping
        )
        delay = retry_delay(options.retry_backoff, track.attempts) if again else None
        self._log.add(
            "attempt.failed",
            job.call,
            job.attempt,
            seconds=self._seconds(track),
            exit=code,
            retry_in=delay,
            **failure_data(failure),
        )
        error = call_failed(failure, scene(self.orders, self._engine, job, message.tail))
        if delay is not None:
            track.retrying = error
            self.schedule.retry(job.call)
            self._set_timer(delay, "retry", job.call, job.attempt)
            return
        self.errors.append(error)
        skipped = self.schedule.failed(job.call)
        self._log.add("call.failed", job.call, attempts=track.attempts, kind=failure.kind)
        for call in skipped:
            self._dismiss(call, "a call it needs has failed")
            self._log.add("call.skipped", call, because=job.call)
        if not self.orders.keep_going:
            self._stop_starting(job.call)

    def _broke(self, message: Broke) -> None:
        error = message.error
        if isinstance(error, OSError):
            place = error.filename or self.orders.folder.path
            error = RunError(f"{place}: {error.strerror}", "make room there, or set OPS0_STATE_DIR")
        if not isinstance(error, Ops0Error):
            raise error
        if str(error) not in {str(known) for known in self.errors}:
            self.errors.append(error)
        self.schedule.cancelled(message.job.call)
        self._log.add("call.cancelled", message.job.call, because="the engine failed")
        self._stop_starting(message.job.call)

    # -- ending early

    def _interrupted(self) -> None:
        self.interrupts += 1
        grace = self.orders.grace if self.interrupts == 1 else 0.0
        because = "interrupt" if self.interrupts == 1 else "interrupt twice"
        self._log.add("run.stopping", because=because)
        self._stop_starting(None)
        self._give_up_at = self.orders.clock() + grace + CLEAN_LIMIT
        for call, track in self.tracks.items():
            if self.schedule.state(call) == "running" and track.worker is not None:
                track.worker.dismiss(grace)

    def _stop_starting(self, because: CallId | None) -> None:
        if self._stopping:
            return
        self._stopping = True
        if because is not None:
            self._log.add("run.stopping", because=because)
        for call in self.schedule.stop():
            self._dismiss(call, "the run is stopping")
            waiting = self.tracks[call].retrying
            if waiting is not None:
                self.errors.append(waiting)
            self._log.add("call.cancelled", call, because="the run is stopping")

    def _dismiss(self, call: CallId, reason: str) -> None:
        track = self.tracks[call]
        if track.worker is not None and track.retrying is None:
            track.worker.dismiss(0)
            self._log.add("attempt.dismissed", call, track.attempts, reason=reason)

    # -- time

    def _set_timer(self, seconds: float, kind: TimerKind, call: CallId, attempt: int) -> None:
        self._timers.set(self.orders.clock() + seconds, kind, call, attempt)

    def _fire_timers(self) -> None:
        for timer in self._timers.take_due(self.orders.clock()):
            track, state = self.tracks[timer.call], self.schedule.state(timer.call)
            if track.attempts != timer.attempt or track.worker is None:
                continue
            limit = track.worker.job.step.options.timeout
            if timer.kind == "retry":
                self.schedule.due(timer.call)
            elif timer.kind == "limit" and state == "running" and limit is not None:
                track.worker.give_up(too_long(limit), self.orders.grace)
            elif timer.kind == "ready" and state in ("parked", "running") and not track.ready:
                track.worker.give_up(not_ready(READY_LIMIT), self.orders.grace)

    def _gave_up(self) -> bool:
        return self._give_up_at is not None and self.orders.clock() >= self._give_up_at

    def _seconds(self, track: Track) -> float | None:
        return track.seconds(self.orders.clock())
