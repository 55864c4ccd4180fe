"""What one run is asked for, which does not change while it runs, and what follows from that for an attempt."""

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
from ops0.runtime.errors import Scene
from ops0.runtime.inputs import producers_of
from ops0.runtime.keeping.cached_results import ResultCache
from ops0.runtime.keeping.lookups import Kept
from ops0.runtime.resuming.leases import Identity
from ops0.runtime.runs import RunFolder, RunId, run_folder


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSpec:
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


def next_job(spec: RunSpec, call: Call, attempt: int) -> Job:
    """One attempt at a call, with a nonce of its own."""
    return Job(
        run=spec.run,
        call=call.id,
        attempt=attempt,
        nonce=secrets.token_hex(16),
        step=spec.pipeline.step(call.step),
        producers=producers_of(call),
    )


def secrets_for(spec: RunSpec, job: Job) -> Callable[[], Mapping[str, str]]:
    """What gives the secrets of an attempt; one after the first looks them up anew."""
    known = spec.secrets.get(job.step.name, {})
    if not known or job.attempt == 1:
        return lambda: known
    return partial(read_again, dict(job.step.options.secrets), known, spec.secrets_from)


def model_given(spec: RunSpec, engine: Engine, step: StepName) -> Mapping[str, JsonValue] | None:
    """What a go line says of the model that fills a step's parameter; None for a step without one."""
    found = spec.models.get(step)
    if found is None:
        return None
    return {"path": engine.model_path(step), "nonce": found.nonce, "manifest": found.digest}


def scene(spec: RunSpec, engine: Engine, job: Job, number: int, tail: tuple[str, ...]) -> Scene:
    """Where an attempt failed. ``number``: among those of its call that were told to go."""
    return Scene(
        run=job.run,
        call=job.call,
        step=job.step.name,
        attempt=number,
        place=str(job.step.where),
        log=str(spec.folder.log(job.call, job.attempt)),
        tail=tail,
        image=engine.image(job.step.name),
        rerun=spec.rerun,
        inside=engine.inside(job.step),
    )
