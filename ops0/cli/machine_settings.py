"""How steps are run here, whatever they are of: a project, a bundle, a deployment. The environment comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops0.core.configuration.settings import RUNTIME_NAME, Settings
from ops0.core.errors import SettingsError
from ops0.core.quantities import QuantityError, size_bytes


class BadVariable(SettingsError):
    """An environment variable of ops0 with a value that cannot be used."""

    exit_code = 5

    def __init__(self, name: str, fact: str, hint: str) -> None:
        super().__init__(f"{name}: {fact}", hint)
        self.name = name


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineSettings:
    """``runtime``: what runs containers, by the engine's name;  ``log_limit``: bytes of an attempt's log."""

    runtime: str | None = None
    log_limit: int | None = None


def machine_settings(settings: Settings, environ: Mapping[str, str]) -> MachineSettings:
    """``OPS0_RUNTIME`` and ``OPS0_LOG_LIMIT``, then what the project says. Raises BadVariable."""
    runtime, limit = environ.get("OPS0_RUNTIME"), environ.get("OPS0_LOG_LIMIT")
    if runtime and not RUNTIME_NAME.fullmatch(runtime):
        raise BadVariable("OPS0_RUNTIME", f"{runtime!r:.60} cannot be a name", "write runsc")
    try:
        bound = size_bytes(limit) if limit else settings.log_limit
    except QuantityError as fault:
        raise BadVariable("OPS0_LOG_LIMIT", str(fault), fault.hint or "") from None
    return MachineSettings(runtime=runtime or settings.runtime, log_limit=bound)
