"""Where a pipeline is deployed to: one table ``[environments.NAME]`` of the settings as a frozen value. Pure."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ops0.core.near import did_you_mean
from ops0.core.pipeline import JsonValue
from ops0.core.toml_text import BadSetting, Place

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
_FORMS = {
    "registry": (
        re.compile(r"[A-Za-z0-9.\[\]:-]+(/[a-z0-9._-]+)+", re.ASCII),
        "registry.example:5000/team",
    ),
    "engine": (re.compile(r"(unix|tcp|http)://\S+", re.ASCII), "unix:///var/run/docker.sock"),
}
_KEYS = (*_FORMS, "params")
Fault = Callable[..., BadSetting]
"""A word to look for in the file, the fact, and what to do -> the error with its line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """One place to deploy to.

    registry: ``HOST/PATH``, below which each pipeline has a repository; None: this machine's engine keeps the images
    engine:   where the Docker Engine listens, as DOCKER_HOST has it; None: the engine that ``docker`` would use
    params:   what a run is given there unless it is invoked with something else
    """

    name: str
    registry: str | None = None
    engine: str | None = None
    params: Mapping[str, JsonValue] = field(default_factory=dict)


def read_environments(value: object, key: str, place: Place) -> dict[str, Environment]:
    """The tables below ``[environments]``. Raises BadSetting."""

    def fault(word: str, fact: str, hint: str | None = None) -> BadSetting:
        return BadSetting(place.of(word), key, fact, hint)

    if not isinstance(value, dict):
        raise fault(key, "is not a table of tables", "write it as [environments.test]")
    return {name: _environment(name, table, fault) for name, table in value.items()}


def _environment(name: str, table: object, fault: Fault) -> Environment:
    if not _NAME.fullmatch(name):
        hint = "up to 31 small letters, digits and '-', beginning with a letter"
        raise fault(name, f"has an environment of the unfit name {name!r}", hint)
    if not isinstance(table, dict):
        raise fault(name, f"holds {name}, no table", f"write [environments.{name}]")
    for key in table:
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"the keys are {', '.join(_KEYS)}"
            raise fault(key, f"has the unknown key `{key}` in {name}", hint)
    params = table.get("params", {})
    if not isinstance(params, dict):
        raise fault("params", f"has params in {name} that are no table")
    for param, given in params.items():
        if not _is_json(given):
            hint = "give a number, a text, true, false, or lists and tables of them"
            raise fault(param, f"has {param} in {name}, which is no JSON value", hint)
    return Environment(
        name=name,
        registry=_text(table, "registry", name, fault),
        engine=_text(table, "engine", name, fault),
        params=params,
    )


def _text(table: Mapping[str, object], key: str, name: str, fault: Fault) -> str | None:
    value = table.get(key)
    if value is None:
        return None
    pattern, example = _FORMS[key]
    if not isinstance(value, str) or not pattern.fullmatch(value):
        hint = f'write it as {key} = "{example}"'
        raise fault(key, f"has {key} in {name} that cannot be {value!r}", hint)
    return value


def _is_json(value: object) -> bool:
    """TOML also has dates, and numbers that JSON has not."""
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, (dt.date, dt.time))
