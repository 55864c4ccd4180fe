"""Who is told that a run has failed: the tables ``[on_failure.slack]`` and so on of the settings. Pure."""

from __future__ import annotations

from ops0.core.alert import ALERT_ARGUMENTS, AlertFault, alert_fields
from ops0.core.step_options import Alert

_EXAMPLE = '[on_failure.slack] with channel = "#alerts"'


class OnFailureFault(ValueError):
    """What is wrong with a table. ``word`` is what to look for in the file; ``hint`` what to do."""

    def __init__(self, word: str, fact: str, hint: str) -> None:
        super().__init__(fact)
        self.word, self.fact, self.hint = word, fact, hint


def parse_on_failure(value: object) -> tuple[Alert, ...]:
    """Read ``[on_failure]``: tables with the arguments of the decorators of that name. Raises OnFailureFault."""
    if not isinstance(value, dict):
        raise OnFailureFault("on_failure", "is not a table of tables", f"write {_EXAMPLE}")
    return tuple(_alert(kind, table) for kind, table in value.items())


def _alert(kind: str, table: object) -> Alert:
    known = ALERT_ARGUMENTS.get(kind)
    if known is None:
        kinds = ", ".join(ALERT_ARGUMENTS)
        raise OnFailureFault(kind, f"names {kind!r}, no kind of alert", f"there are {kinds}")
    if not isinstance(table, dict):
        raise OnFailureFault(kind, f"holds {kind}, no table", f"write {_EXAMPLE}")
    unknown = next((key for key in table if key not in known), None)
    if unknown is not None:
        hint = f"it takes: {', '.join(known)}"
        raise OnFailureFault(unknown, f"holds {kind} with the unknown key `{unknown}`", hint)
    try:
        return Alert(**alert_fields(kind, table))
    except AlertFault as fault:
        raise OnFailureFault(kind, f"holds {kind}: {fault}", fault.hint or "") from None
