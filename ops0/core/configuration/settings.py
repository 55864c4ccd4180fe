"""A project's settings: ``ops0.toml``, or ``[tool.ops0]`` in ``pyproject.toml``, as one frozen value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ops0.core.configuration.environments import Environment, read_environments
from ops0.core.configuration.on_failure import read_on_failure
from ops0.core.errors import Ops0Error, SettingsError, raise_together
from ops0.core.near import did_you_mean
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.declared import check_debian_name, parse_requirement
from ops0.core.requirements.errors import BadRequirement
from ops0.core.requirements.rules import Rule, RuleFault, parse_rule
from ops0.core.step_options import Alert
from ops0.core.toml_text import (
    BadSetting,
    Place,
    parse_toml,
    read_matching,
    read_path,
    read_pipeline,
    read_size,
    read_text,
)

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_PYTHON = re.compile(r"3\.\d{1,2}")
_PLATFORM = re.compile(r"linux/[a-z0-9]+(/v[0-9])?")
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}")
RUNTIME_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_IMPORT = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_GRAMMAR = "a rule is a table [[rules]] with id, uses and needs; all keys: ops0 help settings"


class UnknownSetting(SettingsError):
    """A key that ops0 does not know."""

    exit_code = 4

    def __init__(self, where: Where, key: str, known: Iterable[str]) -> None:
        known = sorted(known)
        super().__init__(
            f"{where}: unknown setting `{key}`",
            hint=did_you_mean(key, known) or f"the keys are {', '.join(known)}",
        )
        self.where, self.key = where, key


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a project says once for all its steps. None and () leave the choice to ops0.

    path:     the file these come from, relative to the project's root; None where there is none
    name:     what the pipeline of ``pipeline``'s file is called where the code gives it no name; else as its file
    pipeline: the file that is meant when a command names none, ``flows/train.py`` or ``flows/train.py:name``
    python:   ``3.11``;   base: an image;   platform: all that images are for
    requires: distributions that every step needs;   apt: likewise, Debian packages
    imports:  import prefix -> requirement, for what no table knows
    rules:    hidden needs of the user's own libraries
    lock:     the folder of the lock files, relative to the project's root
    environments: where the pipeline is deployed to, by name
    on_failure: who is told that a run has failed
    runtime: what runs the containers of steps, by the engine's name for it;  log_limit: bytes of one attempt's log
    """

    path: str | None = None
    name: str | None = None
    pipeline: str | None = None
    python: str | None = None
    base: str | None = None
    platform: tuple[str, ...] = ()
    requires: tuple[Declaration, ...] = ()
    apt: tuple[Declaration, ...] = ()
    imports: Mapping[str, Declaration] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    lock: str = "ops0.lock"
    environments: Mapping[str, Environment] = field(default_factory=dict)
    on_failure: tuple[Alert, ...] = ()
    runtime: str | None = None
    log_limit: int | None = None


def parse_settings(data: bytes, path: str) -> Settings | None:
    """Read a settings file.

    path:   its name, for places; ``pyproject.toml`` holds the settings under ``[tool.ops0]``, any other at the top
    gives:  None for a ``pyproject.toml`` without such a table
    raises: UnreadableSettings; UnknownSetting and BadSetting, all of them together
    """
    document = parse_toml(data, path)
    table: object = document
    if path.rpartition("/")[2] == "pyproject.toml":
        tool = document.get("tool", {})
        table = tool.get("ops0") if isinstance(tool, dict) else None
        if table is None:
            return None
    place = Place(path, data.decode("utf-8", "replace"))
    if not isinstance(table, dict):
        raise BadSetting(place.of("ops0"), "tool.ops0", "is not a table", "write it as [tool.ops0]")
    faults: list[Ops0Error] = []
    values: dict[str, Any] = {"path": path}
    for key, value in table.items():
        reader = _READERS.get(key)
        if reader is None:
            faults.append(UnknownSetting(place.of(key), key, _READERS))
            continue
        try:
            values[key] = reader(value, key, place)
        except SettingsError as fault:
            faults.append(fault)
    raise_together(faults)
    return Settings(**values)


def _declaration(
    check: Callable[[Declaration], object], kind: str, text: str, key: str, place: Place
) -> Declaration:
    """One text of a settings file that ``check`` lets pass. Raises BadSetting; ``kind``: what it is not then."""
    declaration = Declaration(text, place.of(text))
    try:
        check(declaration)
    except BadRequirement as fault:
        raise BadSetting(declaration.where, key, f"holds {text!r}, no {kind}", fault.hint) from None
    return declaration


_requirement = partial(_declaration, parse_requirement, "requirement")
_debian_package = partial(_declaration, check_debian_name, "Debian package")


def _read_platforms(value: object, key: str, place: Place) -> tuple[str, ...]:
    """A platform, or a list of them. Raises BadSetting."""
    read = read_matching(_PLATFORM, "linux/amd64")
    found = tuple(read(one, key, place) for one in (value if isinstance(value, list) else [value]))
    if not found:
        raise BadSetting(place.of(key), key, "names none", f'write it as {key} = ["linux/amd64"]')
    return tuple(dict.fromkeys(found))


def _read_texts(value: object, key: str, place: Place) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadSetting(place.of(key), key, "is not a list of texts", f'write it as {key} = ["…"]')
    return tuple(read_text(one, key, place) for one in value)


def _read_requires(value: object, key: str, place: Place) -> tuple[Declaration, ...]:
    return tuple(_requirement(text, key, place) for text in _read_texts(value, key, place))


def _read_apt(value: object, key: str, place: Place) -> tuple[Declaration, ...]:
    return tuple(_debian_package(text, key, place) for text in _read_texts(value, key, place))


def read_imports(value: object, key: str, place: Place) -> dict[str, Declaration]:
    """A table of import = requirement. Raises BadSetting."""
    if not isinstance(value, dict):
        hint = 'write it as [imports] with lines as acme = "acme-client"'
        raise BadSetting(place.of(key), key, 'is not a table of "import" = "requirement"', hint)
    found = {}
    for name, requirement in value.items():
        if not _IMPORT.fullmatch(name):
            hint = "on the left is the name that `import` has, on the right the distribution"
            raise BadSetting(place.of(name), key, f"holds {name!r}, which cannot be imported", hint)
        if isinstance(requirement, dict):
            hint = f'quote names with dots: "{name}.NAME" = "DISTRIBUTION"'
            raise BadSetting(place.of(name), key, f"holds a table for {name}", hint)
        found[name] = _requirement(read_text(requirement, key, place), key, place)
    return found


def read_rules(value: object, key: str, place: Place) -> tuple[Rule, ...]:
    """A list of rules, each with a name of its own. Raises BadSetting with the line of the rule's name."""
    if not isinstance(value, list):
        raise BadSetting(place.of(key), key, "is not a list of tables", _GRAMMAR)
    rules: dict[str, Rule] = {}
    for entry in value:
        name = entry.get("id") if isinstance(entry, dict) else None
        where = place.of(f'"{name}"') if isinstance(name, str) else place.of(key)
        try:
            rule = parse_rule(entry)
        except RuleFault as fault:
            raise BadSetting(where, key, f"holds a bad rule: {fault}", _GRAMMAR) from None
        if rule.id in rules:
            raise BadSetting(where, key, f"holds two rules of the name {rule.id}", "rename one")
        for text in rule.requirements:
            _requirement(text, key, place)
        rules[rule.id] = rule
    return tuple(rules.values())


_READERS: dict[str, Callable[[object, str, Place], object]] = {
    "name": read_matching(_NAME, "churn"),
    "pipeline": read_pipeline,
    "python": read_matching(_PYTHON, "3.11"),
    "base": read_matching(_IMAGE, "python:3.11-slim"),
    "platform": _read_platforms,
    "requires": _read_requires,
    "apt": _read_apt,
    "imports": read_imports,
    "rules": read_rules,
    "lock": read_path,
    "environments": read_environments,
    "on_failure": read_on_failure,
    "runtime": read_matching(RUNTIME_NAME, "runsc"),
    "log_limit": read_size,
}
