"""What decorators say of a step beyond its needs, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ops0.core.api.secrets import is_reference
from ops0.core.record_source import RecordSource


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """Where the host says what a step returned. Credentials are references, never themselves.

    to:         a Slack channel, the address of a webhook (or a reference), or mail addresses
    server:     where Slack's API is, or the mail server;  sender: a mail address;  user: a reference
    """

    kind: Literal["slack", "webhook", "email"]
    to: tuple[str, ...]
    credential: str | None = None
    server: str | None = None
    sender: str | None = None
    user: str | None = None

    @property
    def references(self) -> tuple[str, ...]:
        """Whatever of it must be looked up before it can be posted."""
        url = self.to[0] if self.kind == "webhook" else None
        said = (url, self.credential, self.server, self.user)
        return tuple(one for one in said if one is not None and is_reference(one))


@dataclass(frozen=True, kw_only=True, slots=True)
class Caching:
    """That a step's result is kept. ``ttl``: seconds, None: no end;  key: see core/api/keeping.py, None: its inputs."""

    ttl: float | None = None
    key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StepOptions:
    """What decorators say of a step, beyond its needs. Times are seconds, sizes bytes.

    native_code: whether it may run what it unpacks or compiles itself; None: as rules say, see Step.native_code
    secrets: (environment variable, reference), sorted; see ops0.core.api.secrets;  model: what fills its parameter
    ``model``: ``name``, ``name@3`` or ``name@alias``
    bake:  whether the step's image holds that model;  source: what gives its result, instead of its body;
    cleanup_after: from its run's end to the end of its outputs and temporary files, None: they stay
    """

    retry_attempts: int = 1
    retry_backoff: float = 1.0
    timeout: float | None = None
    cpu: float | None = None
    memory: int | None = None
    network: bool = False
    native_code: bool | None = None
    base: str | None = None
    python: str | None = None
    group: str | None = None
    alerts: tuple[Alert, ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    model: str | None = None
    bake: bool = False
    cache: Caching | None = None
    source: RecordSource | None = None
    cleanup_after: float | None = None
