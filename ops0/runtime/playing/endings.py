"""What follows when an attempt has ended: its call is done, is tried again, or has failed with all that needs it."""

from __future__ import annotations

from collections.abc import Mapping

from ops0.core.api.attempts import retry_delay
from ops0.core.errors import Ops0Error, RunError
from ops0.core.pipeline import CallId, JsonValue
from ops0.host.disk import disk_fault
from ops0.runtime.alerting.alerts import Alerts
from ops0.runtime.errors import Failure, call_failed
from ops0.runtime.playing.messages import Broke, Gone, Over
from ops0.runtime.playing.stage import Stage
from ops0.runtime.playing.stopping import dismiss, stop_starting
from ops0.runtime.playing.tracks import failure_data, scene
from ops0.runtime.playing.verdict import MOST_LOST, Done, may_retry

PREVIEW = 400
"""Characters of a value's preview that the log gets."""


def over(stage: Stage, message: Over, alerts: Alerts) -> None:
    """An attempt has ended."""
    job, outcome = message.job, message.outcome
    stage.tracks[job.call].ended = stage.orders.clock()
    code = None if message.exit is None or message.exit.ahead else message.exit.code
    if isinstance(outcome, Done):
        stage.shelves.prepare(job, outcome.manifest, lineage_of(stage, message, outcome))
        _done(stage, message, outcome, code)
        stage.shelves.keep(job.call, job.attempt)
        alerts.after(job, outcome.manifest.value.preview, outcome.plain)
        stage.schedule.done(job.call)
        track = stage.tracks[job.call]
        stage.log.add(
            "call.done", job.call, attempts=track.attempts, seconds=stage.seconds(job.call)
        )
    elif stage.interrupts:
        stage.schedule.cancelled(job.call)
        stage.log.add("call.cancelled", job.call, because="interrupt")
    else:
        _failed(stage, message, outcome, code)


def _done(stage: Stage, message: Over, outcome: Done, code: int | None) -> None:
    job, value = message.job, outcome.manifest.value
    track = stage.tracks[job.call]
    track.done, track.output = outcome, job.attempt
    stage.log.add(
        "attempt.done",
        job.call,
        job.attempt,
        seconds=stage.seconds(job.call),
        exit=code,
        manifest=outcome.digest,
        size=value.size,
        preview=value.preview[:PREVIEW],
        warning=outcome.warning,
        key=track.keeping.key if track.keeping is not None else None,
        code=message.code,
    )


def lineage_of(stage: Stage, message: Over, outcome: Done) -> Mapping[str, JsonValue]:
    """Where what an attempt made comes from; ``inputs``: producer -> digest of its value's manifest."""
    job, given = message.job, (stage.tracks[one].done for one in message.job.producers)
    inputs: dict[str, JsonValue] = {
        producer: None if done is None else done.digest
        for producer, done in zip(job.producers, given, strict=True)
    }
    return {
        "run": job.run,
        "call": job.call,
        "step": job.step.name,
        "attempt": job.attempt,
        "python": outcome.manifest.python,
        "image": stage.engine.image(job.step.name),
        "code": message.code,
        "inputs": inputs,
    }


def _failed(stage: Stage, message: Over, failure: Failure, code: int | None) -> None:
    job = message.job
    track, options = stage.tracks[job.call], job.step.options
    track.failure = failure
    tries = track.attempts - track.before
    lost = message.exit is not None and message.exit.lost and failure.kind == "lost"
    # One that stood ready and was not told to go has done nothing yet: whatever ended it was not the step.
    lost |= failure.kind == "crash" and track.ready and stage.schedule.state(job.call) == "parked"
    track.lost += lost
    again = not stage.stopping and (
        track.lost <= MOST_LOST
        if lost
        else may_retry(failure) and tries - track.lost < options.retry_attempts
    )
    delay = retry_delay(options.retry_backoff, tries) if again else None
    stage.log.add(
        "attempt.failed",
        job.call,
        job.attempt,
        seconds=stage.seconds(job.call),
        exit=code,
        retry_in=delay,
        **failure_data(failure),
    )
    error = call_failed(failure, scene(stage.orders, stage.engine, job, message.tail))
    if delay is not None:
        track.retrying = error
        stage.schedule.retry(job.call)
        stage.set_timer(delay, "retry", job.call, job.attempt)
        return
    failed_for_good(stage, job.call, error, kind=failure.kind)


def failed_for_good(stage: Stage, call: CallId, error: Ops0Error, *, kind: str) -> None:
    """A call has failed: nothing new is started."""
    stage.errors.append(error)
    skipped = stage.schedule.failed(call)
    stage.log.add("call.failed", call, attempts=stage.tracks[call].attempts, kind=kind)
    for one in skipped:
        dismiss(stage, one, "a call it needs has failed")
        stage.log.add("call.skipped", one, because=call)
    stop_starting(stage, call)


def gone(stage: Stage, message: Gone) -> None:
    """Nothing is left of an attempt that was to go on: its call begins anew, unless nothing begins any more."""
    call = message.job.call
    if stage.stopping:
        stage.schedule.cancelled(call)
        because = "interrupt" if stage.interrupts else "the run is stopping"
        stage.log.add("call.cancelled", call, because=because)
        return
    stage.tracks[call].before += 1
    stage.tracks[call].because = "nothing was left of the attempt that was under way"
    stage.log.add("call.needed", call, because=stage.tracks[call].because)
    stage.schedule.retry(call)
    stage.schedule.due(call)


def broke(stage: Stage, message: Broke) -> None:
    """The engine failed, not the step: the run ends. Raises what is no fault of the engine or the disk."""
    error = message.error
    if isinstance(error, OSError):
        error.filename = error.filename or str(stage.orders.folder.path)
        hint = "see what keeps ops0 from using it, or name another folder: OPS0_STATE_DIR"
        other = RunError(f"{error.filename}: {error.strerror}", hint)
        error = disk_fault(error, ()) or other
    if not isinstance(error, Ops0Error):
        raise error
    if str(error) not in {str(known) for known in stage.errors}:
        stage.errors.append(error)
    stage.schedule.cancelled(message.job.call)
    stage.log.add("call.cancelled", message.job.call, because="the engine failed")
    stop_starting(stage, message.job.call)
