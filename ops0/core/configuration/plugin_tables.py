"""What installed distributions add to the tables: rules and import names, as data in a file of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ops0.core.configuration.settings import UnknownSetting, read_imports, read_rules
from ops0.core.errors import SettingsError
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.rules import Rule
from ops0.core.toml_text import Place, parse_toml


class BadIntegration(SettingsError):
    """An installed distribution says that it has rules for ops0, and they cannot be used."""

    exit_code = 5

    def __init__(self, distribution: str, where: Where, fact: str) -> None:
        super().__init__(
            f"{where}: the integration of {distribution} {fact}",
            hint=f"update or uninstall {distribution}, or tell its authors",
        )
        self.distribution, self.where = distribution, where


@dataclass(frozen=True, kw_only=True, slots=True)
class Integration:
    """One distribution's file. ``imports``: import prefix -> requirement, with its place."""

    distribution: str
    path: str
    imports: Mapping[str, Declaration] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


_KEYS = ("imports", "rules")


def parse_integration(data: bytes, distribution: str, path: str) -> Integration:
    """Read the file of an integration: the tables ``imports`` and ``rules``, as settings have them.

    path:   for places;    raises: UnreadableSettings, UnknownSetting, BadSetting
    """
    document = parse_toml(data, path)
    place = Place(path, data.decode("utf-8", "replace"))
    for key in document:
        if key not in _KEYS:
            raise UnknownSetting(place.of(key), key, _KEYS)
    return Integration(
        distribution=distribution,
        path=path,
        imports=read_imports(document.get("imports", {}), "imports", place),
        rules=read_rules(document.get("rules", []), "rules", place),
    )


def joined(
    integrations: Iterable[Integration],
) -> tuple[dict[str, Declaration], tuple[Rule, ...]]:
    """The import names and the rules of all, in their order. Raises BadIntegration where two contradict each other."""
    imports: dict[str, Declaration] = {}
    rules: list[Rule] = []
    for one in integrations:
        for name, declaration in one.imports.items():
            before = imports.setdefault(name, declaration)
            if before.text != declaration.text:
                fact = f"says that `{name}` is {declaration.text}, and {before.where} that it is {before.text}"
                raise BadIntegration(one.distribution, declaration.where, fact)
        rules += one.rules
    return imports, tuple(rules)
