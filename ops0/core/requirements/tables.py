"""The tables that ops0 ships: what provides which import, what rivals what, what needs which Debian package."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import tomli

from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.programs import Program, parse_programs
from ops0.core.requirements.rules import Rule, parse_rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """Why an image has no such module.

    since, until: the first Python that has it, or that no longer has it;    system: the only one it exists on
    provider: the distribution that brings one of the same name;    instead: what to import in its place
    """

    since: str = ""
    until: str = ""
    system: str = ""
    provider: str = ""
    instead: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """Finished tables. Distribution names are normalised everywhere.

    imports:    import prefix -> distribution
    namespaces: prefixes that belong to nobody: ``google.cloud``
    rivals:     groups of distributions that provide the same import, the one fit for a container first
    noted:      those of them between which a choice is told to the user
    pipreqs:    import -> the distributions that pipreqs's mapping names, in its order
    distrusted: imports for which that mapping is not asked
    absent:     modules that an image lacks: what some Pythons bring, and what other systems have
    rules:      hidden needs
    system:     distribution -> Debian packages
    native_code: distribution -> why a step that has it runs what it unpacks or compiles itself
    bundled:    distribution -> others, or extras of it (``psycopg[binary]``), that bring what those packages have
    programs:   program -> what brings it
    """

    imports: Mapping[str, str] = field(default_factory=dict)
    namespaces: frozenset[str] = frozenset()
    rivals: tuple[tuple[str, ...], ...] = ()
    noted: frozenset[str] = frozenset()
    pipreqs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    distrusted: frozenset[str] = frozenset()
    absent: Mapping[str, Absent] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    system: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    native_code: Mapping[str, str] = field(default_factory=dict)
    bundled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    programs: Mapping[str, Program] = field(default_factory=dict)
    _groups: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _prefixes: Mapping[str, Sequence[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The first group that has a name counts.
        groups = {name: group for group in reversed(self.rivals) for name in group}
        prefixes: dict[str, list[str]] = defaultdict(list)
        for prefix, name in self.imports.items():
            prefixes[name].append(prefix)
        object.__setattr__(self, "_groups", groups)
        object.__setattr__(self, "_prefixes", prefixes)

    def rivals_of(self, distribution: str) -> tuple[str, ...]:
        """The group of a distribution, itself included; just itself where it has no rivals."""
        return self._groups.get(distribution, (distribution,))

    @property
    def distributions(self) -> frozenset[str]:
        """All that provide an import that the tables know."""
        return frozenset({*self.imports.values(), *self._groups})

    def provided_by(self, distribution: str) -> tuple[str, ...]:
        """The import prefixes by which a distribution is known, shortest first; rivals share theirs."""
        found = (
            prefix
            for name in dict.fromkeys(self.rivals_of(distribution))
            for prefix in self._prefixes.get(name, ())
        )
        return tuple(sorted(found, key=lambda prefix: (prefix.count("."), len(prefix), prefix)))


def parse_tables(
    *, distributions: str, rules: str, system: str, pipreqs: str, programs: str
) -> Tables:
    """Join the five files, given as text. They are ours: a fault in them is a programming error and may raise."""
    names = tomli.loads(distributions)
    packages = tomli.loads(system)["packages"]
    same = {canonicalize_name(name).replace("-", "_"): name for name in names["same"]}
    return Tables(
        imports={**same, **names["imports"]},
        namespaces=frozenset(names["namespaces"]),
        rivals=tuple(map(tuple, names["rivals"] + names["substitutes"])),
        noted=frozenset(name for group in names["rivals"] for name in group),
        pipreqs=pipreqs_mapping(pipreqs.splitlines()),
        distrusted=frozenset(names["distrusted"]),
        absent={
            **{module: _absent(entry) for module, entry in names["standard"].items()},
            **{module: Absent(system=system) for module, system in names["elsewhere"].items()},
        },
        rules=tuple(parse_rule(entry) for entry in tomli.loads(rules)["rule"]),
        system={name: tuple(entry["apt"]) for name, entry in packages.items()},
        native_code={
            name: entry["native_code"] for name, entry in packages.items() if "native_code" in entry
        },
        bundled={name: tuple(entry.get("unless", ())) for name, entry in packages.items()},
        programs=parse_programs(programs),
    )


def _absent(entry: Mapping[str, str]) -> Absent:
    return Absent(
        since=entry.get("since", ""),
        until=entry.get("until", ""),
        provider=entry.get("from", ""),
        instead=entry.get("instead", ""),
    )


def pipreqs_mapping(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read ``import:distribution`` lines; an import named twice keeps both, so that it is seen to be ambiguous."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        module, colon, distribution = line.strip().partition(":")
        if not colon or not distribution:
            continue
        name = canonicalize_name(distribution)
        if name not in found[module]:
            found[module].append(name)
    return {module: tuple(names) for module, names in found.items()}
