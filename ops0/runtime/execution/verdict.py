"""Did an attempt succeed? By its exit code and its manifest, never by one of them alone. Pure.

Exit codes lie: a step that calls ``os._exit(0)`` ends with 0 and no result; an engine that was away says 255
whatever the code was. Rules 1 to 7, first hit wins; each stands above its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from ops0.core.digest import sha256
from ops0.core.pipeline import JsonValue
from ops0.runtime.engine import Exit, Job
from ops0.runtime.errors import Failure, FailureKind
from ops0.runtime.outputs.manifest import BadManifest, Manifest, parse_manifest
from ops0.runtime.outputs.text import fit_text
from ops0_runner.protocol import EXIT_IMPORT, EXIT_INPUT, EXIT_STEP, EXIT_VALUE

_UNKNOWN = 255
_MOST_SECONDS = 1e12
_MORE_MEMORY = 'give it more: @ops0.resources(memory="...")'
_RUNNER_KINDS = ("step", "import", "value", "input", "job")
_BY_CODE: Mapping[int, FailureKind] = {
    EXIT_STEP: "step",
    EXIT_IMPORT: "import",
    EXIT_VALUE: "value",
    EXIT_INPUT: "input",
}
"""Not EXIT_JOB: so ends also one whose host was gone before the go line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """An attempt that succeeded.

    digest:  sha256 of the manifest's bytes;  warning: what should be said, or None
    plain:   its value as JSON, where it is small plain data and was asked for
    """

    manifest: Manifest
    digest: str
    warning: str | None = None
    plain: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """What is known of an attempt that has ended.

    said:    the runner's ``failed`` event, parsed, or None
    stopped: why ops0 itself stopped it, or None
    """

    exit: Exit
    manifest: bytes | None
    said: Failure | None = None
    stopped: Failure | None = None


def verdict(job: Job, ended: Ended) -> Done | Failure:  # noqa: PLR0911 - a return for each rule
    """Done or Failure, by the rules of this module."""
    manifest, fault = _own_manifest(job, ended.manifest)
    # 1. Exit code 0 and this attempt's manifest: done. So too where the engine cannot know the exit code.
    if manifest is not None and ended.manifest is not None and may_have_succeeded(ended.exit):
        digest = sha256(ended.manifest)
        warning = "a child process ran out of memory" if ended.exit.memory else None
        return Done(manifest=manifest, digest=digest, warning=warning)
    # 2. ops0 stopped it: its time had run out.
    if ended.stopped is not None:
        return ended.stopped
    # 3. The kernel stopped it for want of memory.
    if ended.exit.memory and ended.exit.code != 0 and ended.said is None:
        limit = f" of {ended.exit.limit / 2**20:.0f} MiB" if ended.exit.limit else ""
        message = f"it ran out of its memory{limit}"
        return Failure(kind="memory", message=message, hint=_MORE_MEMORY)
    # 4. The runner said why; it may have been the loss of a child that the kernel stopped.
    if ended.said is not None:
        hint = ended.said.hint or (_MORE_MEMORY if ended.exit.memory else None)
        return replace(ended.said, hint=hint)
    # 5. There is a manifest, but not this attempt's.
    if fault is not None:
        return Failure(kind="value", message=f"its manifest cannot be trusted: {fault}")
    # 6. The engine lost it.
    if ended.exit.lost:
        return Failure(kind="lost", message="the engine lost it before it had a result")
    # 7. It ended by a signal, an exit code of its own, or without a result.
    return _crash(ended.exit)


def unheard(end: Exit) -> Failure | None:
    """How an attempt failed that its runner has told while nobody listened, by its exit code; None: it did not."""
    kind = None if end.lost else _BY_CODE.get(end.code)
    if kind is None:
        return None
    message = (
        f"it failed while no ops0 listened (exit code {end.code}); what it said of that is lost"
    )
    hint = "the engine keeps no log of a step with secrets; where it fails again, that is told"
    return Failure(kind=kind, message=message, hint=hint)


def is_loss(ended: Ended) -> bool:
    """Whether an adopted attempt that failed did so for no reason of its own, as far as anybody knows."""
    return ended.said is None and ended.stopped is None and not ended.exit.memory


def parse_failure(raw: object, hide: Callable[[str], str]) -> Failure:
    """The runner's FAILURE, read with mistrust: wrong or missing fields become text, never an exception.

    hide: takes secrets out of a text, before anything is cut: nobody knows a part of a secret
    """
    if not isinstance(raw, Mapping):
        return Failure(kind="job", message="the runner failed without saying how")
    kind = raw.get("kind")
    known: FailureKind = cast("FailureKind", kind) if kind in _RUNNER_KINDS else "job"
    raw = {key: hide(one) if isinstance(one, str) else one for key, one in raw.items()}
    where, hint = raw.get("where"), raw.get("hint")
    return Failure(
        kind=known,
        type=_text(raw, "type", 200),
        final=raw.get("final") is True,
        message=_text(raw, "message", 4000),
        traceback=_text(raw, "traceback", 100_000),
        where=fit_text(where, 400) if isinstance(where, str) else None,
        hint=fit_text(hint, 1000) if isinstance(hint, str) else None,
    )


def parse_used(raw: object) -> dict[str, JsonValue]:
    """The runner's USAGE, read with mistrust: ``cpu`` in seconds and ``peak`` in bytes, those that make sense."""
    if not isinstance(raw, Mapping):
        return {}
    cpu, peak = raw.get("cpu"), raw.get("peak")
    found: dict[str, JsonValue] = {}
    if (seconds := parse_seconds(cpu)) is not None:
        found["cpu"] = seconds
    if type(peak) is int and 0 <= peak < 2**63:
        found["peak"] = peak
    return found


def parse_seconds(raw: object) -> float | None:
    """A time that a runner tells; None where it makes no sense. JSON has integers that no float can hold."""
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        return None
    return float(raw) if 0 <= raw <= _MOST_SECONDS else None


def parse_metric(
    raw: Mapping[str, object], hide: Callable[[str], str]
) -> dict[str, JsonValue] | None:
    """The runner's ``metric``, read with mistrust; None where it makes no sense. ``hide``: as in ``parse_failure``."""
    name, value, step = raw.get("name"), raw.get("value"), raw.get("step")
    if isinstance(value, str):
        known = value in ("nan", "inf", "-inf")
    else:
        known = isinstance(value, int | float) and type(value) is not bool and abs(value) < 1e308
    if not isinstance(name, str) or not name or not known:
        return None
    at = step if type(step) is int and abs(step) < 2**53 else 0
    return {"name": fit_text(hide(name), 200), "value": cast("JsonValue", value), "step": at}


def may_have_succeeded(end: Exit) -> bool:
    """Whether it is worth looking for a manifest. 255 is what an engine says that was away when the process ended."""
    return end.code in (0, _UNKNOWN) or end.lost


def too_long(seconds: float) -> Failure:
    """The failure of a step that ran longer than its limit."""
    hint = 'give it longer: @ops0.timeout("...")'
    return Failure(kind="timeout", message=f"it took longer than {seconds:g} s", hint=hint)


_AT_IMPORT = "what does its module do when it is imported? the log says where it was; move that into the step"


def not_ready(seconds: float) -> Failure:
    """The failure of a runner that is busy, but never came as far as reading its go line."""
    message = f"its runner was not ready within {seconds:g} s"
    return Failure(kind="lost", message=message, hint=_AT_IMPORT)


def stuck(seconds: float) -> Failure:
    """The failure of a runner that stands still before it has imported the step's module."""
    message = f"importing its module does not end: in {seconds:g} s it used no processor time"
    return Failure(kind="import", message=message, hint=_AT_IMPORT)


MOST_LOST = 2
"""Attempts of one call that the engine may lose; each is made again, whatever the step says of retries."""


def may_retry(failure: Failure) -> bool:
    """Whether another attempt could end otherwise: the step raised, crashed or took too long.

    A module that does not import, a value that cannot be stored, a limit of memory: these stay what they are.
    """
    return failure.kind in ("step", "crash", "timeout") and not failure.final


def _own_manifest(job: Job, data: bytes | None) -> tuple[Manifest | None, str | None]:
    if data is None:
        return None, None
    try:
        manifest = parse_manifest(data)
    except BadManifest as fault:
        return None, str(fault)
    if (manifest.run, manifest.call, manifest.attempt) != (job.run, job.call, job.attempt):
        return None, "it belongs to another attempt"
    if manifest.nonce != job.nonce:
        return None, "its nonce is not this attempt's"
    return manifest, None


def _crash(end: Exit) -> Failure:
    if end.signal == "SIGKILL":
        return Failure(
            kind="crash",
            message="it was killed by SIGKILL",
            hint="the machine may have run out of memory",
        )
    if end.signal is not None:
        return Failure(kind="crash", message=f"it was ended by {end.signal}")
    if end.code == 0:
        message = "it ended with exit code 0 but left no result"
        return Failure(kind="crash", message=message, hint="a step gives its result with return")
    message = f"it ended with exit code {end.code} and no result"
    return Failure(kind="crash", message=message, hint=end.hint)


def _text(raw: Mapping[str, Any], name: str, most: int) -> str:
    value = raw.get(name)
    return fit_text(value, most) if isinstance(value, str) else ""
