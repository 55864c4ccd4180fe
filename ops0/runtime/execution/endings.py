"""What follows when an attempt has ended: its call is done, is tried again, or has failed with all that needs it."""

from __future__ import annotations

from collections.abc import Mapping

from ops0.core.api.attempts import retry_delay
from ops0.core.errors import Ops0Error, RunError
from ops0.core.pipeline import CallId, JsonValue
from ops0.host.disk import disk_fault
from ops0.runtime.alerting.alerts import Alerts
from ops0.runtime.errors import Failure, call_failed
from ops0.runtime.execution.live_call import failure_data
from ops0.runtime.execution.live_run import LiveRun
from ops0.runtime.execution.messages import Broke, Gone, Over
from ops0.runtime.execution.run_spec import scene
from ops0.runtime.execution.stopping import dismiss, stop_starting
from ops0.runtime.execution.verdict import MOST_LOST, Done, may_retry

PREVIEW = 400
"""Characters of a value's preview that the log gets."""


def over(live: LiveRun, message: Over, alerts: Alerts) -> None:
    """An attempt has ended."""
    job, outcome = message.job, message.outcome
    live.calls[job.call].ended = live.spec.clock()
    code = None if message.exit is None or message.exit.ahead else message.exit.code
    if isinstance(outcome, Done):
        live.shelves.prepare(job, outcome.manifest, _lineage_of(live, message, outcome))
        _done(live, message, outcome, code)
        live.shelves.keep(job.call, job.attempt)
        alerts.after(job, outcome.manifest.value.preview, outcome.plain)
        live.schedule.done(job.call)
        live_call = live.calls[job.call]
        live.log.add(
            "call.done", job.call, attempts=live_call.attempts, seconds=live.seconds(job.call)
        )
    elif live.interrupts:
        live.schedule.cancelled(job.call)
        live.log.add("call.cancelled", job.call, because="interrupt")
    else:
        _failed(live, message, outcome, code)


def _done(live: LiveRun, message: Over, outcome: Done, code: int | None) -> None:
    job, value = message.job, outcome.manifest.value
    live_call = live.calls[job.call]
    live_call.done, live_call.output = outcome, job.attempt
    live.log.add(
        "attempt.done",
        job.call,
        job.attempt,
        seconds=live.seconds(job.call),
        exit=code,
        manifest=outcome.digest,
        size=value.size,
        preview=value.preview[:PREVIEW],
        warning=outcome.warning,
        key=live_call.keeping.key if live_call.keeping is not None else None,
        code=message.code,
    )


def _lineage_of(live: LiveRun, message: Over, outcome: Done) -> Mapping[str, JsonValue]:
    """Where what an attempt made comes from; ``inputs``: producer -> digest of its value's manifest."""
    job, given = message.job, (live.calls[one].done for one in message.job.producers)
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
        "image": live.engine.image(job.step.name),
        "code": message.code,
        "inputs": inputs,
    }


def _failed(live: LiveRun, message: Over, failure: Failure, code: int | None) -> None:
    job = message.job
    live_call, options = live.calls[job.call], job.step.options
    live_call.failure = failure
    tries = live_call.attempts - live_call.before
    went = live.schedule.state(job.call) == "running"
    lost = message.exit is not None and message.exit.lost and failure.kind == "lost"
    # One that stood ready and was not told to go has done nothing yet: whatever ended it was not the step.
    lost |= failure.kind == "crash" and live_call.ready and not went
    live_call.lost += lost
    again = not live.stopping and (
        live_call.lost <= MOST_LOST
        if lost
        else may_retry(failure) and tries - live_call.lost < options.retry_attempts
    )
    delay = retry_delay(options.retry_backoff, tries) if again else None
    live.log.add(
        "attempt.failed",
        job.call,
        job.attempt,
        seconds=live.seconds(job.call),
        exit=code,
        retry_in=delay,
        **failure_data(failure),
    )
    number = live_call.went if went else live_call.went + 1
    error = call_failed(failure, scene(live.spec, live.engine, job, number, message.tail))
    if delay is not None:
        live_call.retrying = error
        live.schedule.retry(job.call)
        live.set_timer(delay, "retry", job.call, job.attempt)
        return
    failed_for_good(live, job.call, error, kind=failure.kind)


def failed_for_good(live: LiveRun, call: CallId, error: Ops0Error, *, kind: str) -> None:
    """A call has failed: nothing new is started."""
    live.errors.append(error)
    skipped = live.schedule.failed(call)
    live.log.add("call.failed", call, attempts=live.calls[call].attempts, kind=kind)
    for one in skipped:
        dismiss(live, one, "a call it needs has failed")
        live.log.add("call.skipped", one, because=call)
    stop_starting(live, call)


def gone(live: LiveRun, message: Gone) -> None:
    """Nothing is left of an attempt that was to go on: its call begins anew, unless nothing begins any more."""
    call = message.job.call
    if live.stopping:
        live.schedule.cancelled(call)
        because = "interrupt" if live.interrupts else "the run is stopping"
        live.log.add("call.cancelled", call, because=because)
        return
    live.calls[call].before += 1
    live.calls[call].because = "nothing was left of the attempt that was under way"
    live.log.add("call.needed", call, because=live.calls[call].because)
    live.schedule.retry(call)
    live.schedule.due(call)


def broke(live: LiveRun, message: Broke) -> None:
    """The engine failed, not the step: the run ends. Raises what is no fault of the engine or the disk."""
    error = message.error
    if isinstance(error, OSError):
        error.filename = error.filename or str(live.spec.folder.path)
        hint = "see what keeps ops0 from using it, or name another folder: OPS0_STATE_DIR"
        other = RunError(f"{error.filename}: {error.strerror}", hint)
        error = disk_fault(error, (live.spec.folder.path,)) or other
    if not isinstance(error, Ops0Error):
        raise error
    if str(error) not in {str(known) for known in live.errors}:
        live.errors.append(error)
    live.schedule.cancelled(message.job.call)
    live.log.add("call.cancelled", message.job.call, because="the engine failed")
    stop_starting(live, message.job.call)
