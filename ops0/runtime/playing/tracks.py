"""What the conductor is told once (Orders) and what it learns of each call (Track)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ops0.core.models.store import ModelVersion
from ops0.core.pipeline import Call, CallId, JsonValue, Pipeline, StepName
from ops0.host.secrets import Secrets, read_again
from ops0.runtime.alerting.alerts import Posting
from ops0.runtime.engine import Engine, Job
from ops0.runtime.errors import CallFailed, Failure, Scene
from ops0.runtime.inputs import producers_of
from ops0.runtime.keeping.kept_results import ResultCache
from ops0.runtime.keeping.lookups import Keeping, Kept
from ops0.runtime.playing.verdict import Done
from ops0.runtime.playing.worker import Worker
from ops0.runtime.resuming.leases import Identity
from ops0.runtime.runs import RunFolder, RunId, run_folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What does not change during a run.

    resumed: it goes on with a run that has begun;  jobs: how many calls run side by side
    posting: who is told that it failed
    grace: seconds between SIGTERM and SIGKILL;  rerun: the command that runs the pipeline again
    secrets: what the steps get as environment variables;  secrets_from: what relative paths of ``file:`` start from
    cache: where results are kept, None: nowhere
    fresh: whatever is kept, run;  batches: what calls of sources give, which are not run
    identity: whose run it is;  log_limit: bytes of one attempt's log, None: as many as ever
    """

    run: RunId
    pipeline: Pipeline
    resumed: bool
    params: Mapping[str, JsonValue]
    jobs: int
    posting: Posting
    grace: float
    rerun: str
    secrets: Secrets = field(default_factory=dict, repr=False)
    secrets_from: Path = Path()
    models: Mapping[StepName, ModelVersion] = field(default_factory=dict)
    cache: ResultCache | None = None
    identity: Identity = field(
        default_factory=lambda: Identity(project=None, entry="", pipeline="")
    )
    fresh: bool = False
    log_limit: int | None = None
    batches: Mapping[CallId, Kept] = field(default_factory=dict)
    clock: Callable[[], float] = field(default=time.monotonic)
    calls: Mapping[CallId, Call] = field(init=False, repr=False)

    @property
    def folder(self) -> RunFolder:
        """Where the run keeps what stays of it."""
        return run_folder(self.run)

    def __post_init__(self) -> None:
        object.__setattr__(self, "calls", {call.id: call for call in self.pipeline.calls})


@dataclass(kw_only=True, slots=True)
class Track:
    """One call. Times on the conductor's clock; ``up`` of the current attempt, ``begun`` of the first go line.

    retrying: the failure of the last attempt while the next one is still to come
    output:   the attempt whose folder consumers read;  looked: a kept result has been looked for
    keeping:  how its result is to be kept;  because: why it ran or did not, where that is not plain
    before:   attempts that do not count against its retries: see PastCall
    """

    attempts: int = 0
    lost: int = 0
    before: int = 0
    output: int = 0
    looked: bool = False
    keeping: Keeping | None = None
    because: str | None = None
    up: float = 0.0
    ready: bool = False
    begun: float | None = None
    ended: float | None = None
    worker: Worker | None = None
    done: Done | None = None
    failure: Failure | None = None
    retrying: CallFailed | None = None

    def seconds(self, now: float) -> float | None:
        """From its first go line to its end (or now), pauses included; None if it never went."""
        return None if self.begun is None else round((self.ended or now) - self.begun, 6)


def next_job(orders: Orders, call: Call, attempt: int) -> Job:
    """One attempt at a call, with a nonce of its own."""
    return Job(
        run=orders.run,
        call=call.id,
        attempt=attempt,
        nonce=secrets.token_hex(16),
        step=orders.pipeline.step(call.step),
        producers=producers_of(call),
    )


def secrets_for(orders: Orders, job: Job) -> Callable[[], Mapping[str, str]]:
    """What gives the secrets of an attempt; one after the first looks them up anew."""
    known = orders.secrets.get(job.step.name, {})
    if not known or job.attempt == 1:
        return lambda: known
    return partial(read_again, dict(job.step.options.secrets), known, orders.secrets_from)


def model_given(orders: Orders, engine: Engine, step: StepName) -> Mapping[str, JsonValue] | None:
    """What a go line says of the model that fills a step's parameter; None for a step without one."""
    found = orders.models.get(step)
    if found is None:
        return None
    return {"path": engine.model_path(step), "nonce": found.nonce, "manifest": found.digest}


def failure_data(failure: Failure) -> dict[str, JsonValue]:
    """What the event log says of a failure."""
    return {
        "kind": failure.kind,
        "message": failure.fact,
        "where": failure.where,
        "hint": failure.hint,
        "traceback": failure.traceback,
    }


def scene(orders: Orders, engine: Engine, job: Job, tail: tuple[str, ...]) -> Scene:
    """Where an attempt failed."""
    return Scene(
        run=job.run,
        call=job.call,
        step=job.step.name,
        attempt=job.attempt,
        place=str(job.step.where),
        log=str(orders.folder.log(job.call, job.attempt)),
        tail=tail,
        image=engine.image(job.step.name),
        rerun=orders.rerun,
        inside=engine.inside(job.step),
    )
