"""``python -m ops0_runner STEP.json``: one attempt of a step, by the grammar of protocol.py. Python 3.8."""

from __future__ import annotations

import os
import signal
import sys
import time

from ops0_runner import protocol
from ops0_runner.failing import Failed, job_failed, value_failed
from ops0_runner.inputs import Inputs
from ops0_runner.job import JobFault, read_go, read_step
from ops0_runner.leaving import leave, leave_child
from ops0_runner.loading import LoadFault, load_function, set_path
from ops0_runner.slow_import import SlowImport
from ops0_runner.spare import hold_back, let_go
from ops0_runner.streams import flush, take_streams
from ops0_runner.usage import usage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    from ops0_runner.job import Go, StepFile
    from ops0_runner.streams import Wire

_EXIT_STOPPED = 128 + signal.SIGTERM


class Stopped(BaseException):
    """SIGTERM has come. Not an Exception, so that a step's own handlers let it through."""


_stopping: List[int] = []
_secrets: Dict[str, str] = {}


def main(argv: List[str]) -> Tuple[int, Optional[Callable[[bool], None]]]:
    """Run one attempt. Gives the exit code, and what says ``done`` where it is: last of all (see ``leave``)."""
    wire = take_streams()
    signal.signal(signal.SIGTERM, _stop)
    done: Optional[Callable[[bool], None]] = None
    try:
        try:
            code, done = _attempt(argv, wire)
        except Failed as failed:
            from ops0_runner.failure import fit_to_send  # noqa: PLC0415 - only failures need it

            flush()
            failure = fit_to_send(failed.failure, _secrets)
            wire.send("failed", {"failure": failure, "usage": usage()})
            code = failed.code
    except (Stopped, KeyboardInterrupt):
        code = _EXIT_STOPPED
    return (_EXIT_STOPPED, None) if _stopping else (code, done)


def _attempt(argv: List[str], wire: Wire) -> Tuple[int, Optional[Callable[[bool], None]]]:
    if len(argv) != 2:
        raise job_failed("use: python -m ops0_runner STEP.json")
    try:
        step = read_step(argv[1])
    except JobFault as fault:
        raise job_failed(f"STEP.json: {fault}") from None
    if step.lifeline is not None:
        from ops0_runner.lifeline import hold  # noqa: PLC0415 - not in a container

        hold(step.lifeline)
    hold_back()
    started = time.monotonic()
    function = _load(step)
    wire.send("ready", {"seconds": round(time.monotonic() - started, 6)})
    _load_ahead()
    line = wire.receive()
    if line is None:
        return protocol.EXIT_JOB, None  # the host needs no attempt any more
    try:
        go = read_go(line)
    except JobFault as fault:
        raise job_failed(f"go line: {fault}") from None
    if go.secrets:
        os.environ.update(go.secrets)
        _secrets.update(go.secrets)
    _listen(go, wire, step)
    started = time.monotonic()
    value = _value(go, step, function)
    flush()
    seconds = round(time.monotonic() - started, 6)
    manifest, digest = _publish(value, go)
    done = {"seconds": seconds, "manifest": manifest, "digest": digest, **_told(value, go)}

    def say_done(last: bool) -> None:
        wire.send("done", {**done, "usage": usage(), **({"last": True} if last else {})})

    return protocol.EXIT_DONE, say_done


def _value(go: Go, step: StepFile, function: Callable[..., Any]) -> Dict[str, Any]:
    """Call the function with its inputs, and store what it gives."""
    given = Inputs()
    try:
        result = _call(function, given.arguments(go, step), step)
        value = _store(result, go, step, function)
    except Failed:
        given.finish()  # an input that is damaged is why, whatever it led to
        raise
    given.finish()
    return _without_secrets(value, go) if go.secrets else value


def _told(value: Dict[str, Any], go: Go) -> Dict[str, Any]:
    if not go.tell:
        return {}
    from ops0_runner.telling import small_files  # noqa: PLC0415 - few steps are asked

    files = small_files(value, go.output)
    return {} if files is None else {"files": files}


def _load_ahead() -> None:
    """Import what every attempt needs that has gone: while it waits for its go line this takes nobody's time."""
    import ops0.core.api.promises  # noqa: PLC0415 - after the imports of the step, which the host waits for
    import ops0.core.api.this_attempt  # noqa: PLC0415
    import ops0.core.api.tracking  # noqa: PLC0415
    import ops0.core.values.local  # noqa: PLC0415
    import ops0.core.values.showing  # noqa: PLC0415
    import ops0.core.values.store  # noqa: PLC0415, F401


def _listen(go: Go, wire: Wire, step: StepFile) -> None:
    from ops0.core.api.promises import Promises, take_promises  # noqa: PLC0415
    from ops0.core.api.this_attempt import begin  # noqa: PLC0415
    from ops0.core.api.tracking import Channel, listen  # noqa: PLC0415 - while no step waits to import

    begin(go.run, go.call, go.attempt)
    take_promises(Promises(go.output + protocol.MODELS, step.roots))
    listen(Channel(wire.send, go.output + protocol.ARTIFACTS))


def _load(step: StepFile) -> Callable[..., Any]:
    set_path(step.roots)
    sys.argv[:] = [step.step]
    try:
        # One that waits for ever, as for a connection, is stopped by the host: this tells the user where it waited.
        with SlowImport(protocol.IMPORT_TOLD):
            return load_function(step)
    except (Stopped, KeyboardInterrupt):
        raise
    except BaseException as fault:  # noqa: BLE001 - the user's module may raise anything, SystemExit too
        message = "the module called sys.exit()" if isinstance(fault, SystemExit) else None
        hint = fault.hint if isinstance(fault, LoadFault) else None
        raise _failed("import", fault, step, protocol.EXIT_IMPORT, message, hint) from None


def _call(function: Callable[..., Any], arguments: Dict[str, Any], step: StepFile) -> Any:
    asked = os.getpid()
    try:
        result = function(**arguments)
    except Stopped:
        raise
    except BaseException as fault:  # noqa: BLE001 - whatever the step raises is its failure
        if os.getpid() != asked:
            leave_child(fault)
        raise _step_failed(fault, step, function) from None
    if os.getpid() != asked:
        leave_child(None)
    return result


def _store(result: Any, go: Go, step: StepFile, function: Callable[..., Any]) -> Dict[str, Any]:
    from ops0.core.values.faults import IterationFault, ValueFault  # noqa: PLC0415 - after the imports of the step
    from ops0.core.values.local import Locals  # noqa: PLC0415
    from ops0.core.values.showing import with_shows  # noqa: PLC0415
    from ops0.core.values.store import save_value  # noqa: PLC0415

    try:
        # Not synced: what a loss of power tears is known by its digest and made again; results are synced by the host.
        local = Locals(step.roots)
        saved = save_value(result, go.output, local, apart=go.apart, synced=False)
        return with_shows(saved, result)
    except IterationFault as fault:
        if isinstance(fault.cause, Stopped):
            raise fault.cause from None
        raise _step_failed(fault.cause, step, function) from None
    except ValueFault as fault:
        raise value_failed(str(fault), fault.hint) from None
    except Stopped:
        raise
    except BaseException as fault:  # noqa: BLE001 - the value's own code may raise anything when it is looked at
        raise _failed("value", fault, step, protocol.EXIT_VALUE) from None


def _without_secrets(value: Dict[str, Any], go: Go) -> Dict[str, Any]:
    """Refuse a result that holds one of the step's secrets; hide other forms of them in its preview."""
    from ops0_runner.redaction import Redactor, secret_in_files  # noqa: PLC0415 - for few steps only

    places = (go.output + behind for behind in ("", protocol.ARTIFACTS, protocol.MODELS))
    found = next(filter(None, (secret_in_files(place, go.secrets) for place in places)), None)
    if found is not None:
        message = f"the result holds the secret {found}"
        hint = (
            "results are stored: let each step that needs the secret ask for it with @ops0.secrets"
        )
        raise value_failed(message, hint)
    return Redactor(go.secrets).value(value)


def _publish(value: Dict[str, Any], go: Go) -> Tuple[Dict[str, Any], str]:
    from ops0.core.api.promises import promised  # noqa: PLC0415
    from ops0.core.api.tracking import artifacts  # noqa: PLC0415
    from ops0.core.values.faults import ValueFault  # noqa: PLC0415
    from ops0.core.values.manifest import write_manifest  # noqa: PLC0415
    from ops0.core.values.store import room_hint  # noqa: PLC0415

    manifest = {
        "v": protocol.VERSION,
        "run": go.run,
        "call": go.call,
        "attempt": go.attempt,
        "nonce": go.nonce,
        "value": value,
        "python": ".".join(str(part) for part in sys.version_info[:3]),
    }
    if artifacts():
        manifest["artifacts"] = artifacts()
    if promised():
        manifest["models"] = promised()
    try:
        digest = write_manifest(go.output, manifest, protocol.MANIFEST_NAME, synced=False)
    except ValueFault as fault:
        raise value_failed(str(fault), fault.hint) from None
    except OSError as fault:
        message = f"the manifest cannot be written: {fault.strerror}"
        raise value_failed(message, room_hint(fault)) from None
    return manifest, digest


def _step_failed(fault: BaseException, step: StepFile, function: Callable[..., Any]) -> Failed:
    message = hint = None
    if isinstance(fault, SystemExit):
        from ops0_runner.failure import shown  # noqa: PLC0415 - loads what only failures need

        message = f"the step called sys.exit({'' if fault.code is None else shown(fault.code)})"
        hint = "return a value to end a step well, raise an exception to fail it"
    failed = _failed("step", fault, step, protocol.EXIT_STEP, message, hint)
    marks = getattr(function, "__dict__", {}).get("__ops0__", {})
    worth = marks.get("retry", {}).get("on")
    if worth and not isinstance(fault, worth):
        failed.failure["final"] = True
    return failed


def _failed(
    kind: str,
    fault: BaseException,
    step: StepFile,
    code: int,
    message: Any = None,
    hint: Any = None,
) -> Failed:
    let_go()
    from ops0_runner.failure import failure_of  # noqa: PLC0415 - loads what only failures need

    folders: Tuple[str, ...] = step.roots if step.project is None else (step.project, *step.roots)
    in_image = step.project is None
    failure = failure_of(
        kind,
        fault,
        folders,
        message=message,
        hint=hint,
        in_image=in_image,
        needs=step.needs,
        others=step.others,
    )
    return Failed(failure, code)


def _stop(number: int, _: object) -> None:
    first = not _stopping
    _stopping.append(number)
    if first:
        raise Stopped


if __name__ == "__main__":
    given = list(sys.argv)
    exit_code, say_done = main(given)
    leave(exit_code, alone=given[1:] == [protocol.STEP_FILE], last=say_done)
