"""Who is told that a run has failed: the tables ``[on_failure.slack]`` and so on of the settings. Pure."""

from __future__ import annotations

from ops0.core.api.alert import ALERT_ARGUMENTS, alert_fields
from ops0.core.api.marks import MarkFault
from ops0.core.step_options import Alert
from ops0.core.toml_text import BadSetting, Place

_EXAMPLE = '[on_failure.slack] with channel = "#alerts"'


def read_on_failure(value: object, key: str, place: Place) -> tuple[Alert, ...]:
    """Tables with the arguments of the decorators of that name. Raises BadSetting."""
    if not isinstance(value, dict):
        raise BadSetting(place.of(key), key, "is not a table of tables", f"write {_EXAMPLE}")
    return tuple(_alert(kind, table, key, place) for kind, table in value.items())


def _alert(kind: str, table: object, key: str, place: Place) -> Alert:
    known, where = ALERT_ARGUMENTS.get(kind), place.of(kind)
    if known is None:
        kinds = ", ".join(ALERT_ARGUMENTS)
        raise BadSetting(where, key, f"names {kind!r}, no kind of alert", f"there are {kinds}")
    if not isinstance(table, dict):
        raise BadSetting(where, key, f"holds {kind}, no table", f"write {_EXAMPLE}")
    unknown = next((word for word in table if word not in known), None)
    if unknown is not None:
        fact, hint = (
            f"holds {kind} with the unknown key `{unknown}`",
            f"it takes: {', '.join(known)}",
        )
        raise BadSetting(place.of(unknown), key, fact, hint)
    try:
        return Alert(**alert_fields(kind, table))
    except MarkFault as fault:
        raise BadSetting(where, key, f"holds {kind}: {fault}", fault.hint) from None
