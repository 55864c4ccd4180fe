"""What is asked of one run beside its pipeline and its engine, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the commands load this before they know whether anything runs
    from pathlib import Path

    from ops0.core.pipeline import JsonValue
    from ops0.host.secrets import Secrets
    from ops0.runtime.alerting.alerts import Posting

__all__ = ["RunOptions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions:
    """The options of a run.

    params:    parameter -> value; of a run that goes on, those that shall differ
    jobs:      how many calls run side by side; None: as many as this process has processors
    fresh:     run whatever is kept; what it gives is kept
    resume:    the run to go on with, or NEWEST; its parameters hold where ``params`` names none
    rerun:     the command that runs this again, for failure reports; None: it is made of the pipeline's file
    secrets:   what ``read_secrets`` gave; None: they are looked up when the run starts, files from the current folder
    posting:   who is told that it failed; None: nobody
    project:   the root of the pipeline's paths, by which its runs are told from those of others
    log_limit: bytes that are kept of what one attempt prints; None: 32 MiB
    """

    params: Mapping[str, JsonValue] = field(default_factory=dict)
    jobs: int | None = None
    fresh: bool = False
    resume: str | None = None
    rerun: str | None = None
    secrets: Secrets | None = None
    posting: Posting | None = None
    project: Path | None = None
    log_limit: int | None = None
