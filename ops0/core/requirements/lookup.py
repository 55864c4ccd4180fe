"""From one dotted import name to the distribution that provides it. Never a guess, never an index.

The longest known prefix of the name wins; at equal length who is trusted more: declared, installed, our table,
integrations, pipreqs's mapping.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ops0.core.facts import ImportFact
from ops0.core.pipeline import Origin
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.declared import (
    Declared,
    join_requirements,
    may_come,
    parse_requirement,
    requirement_text,
)
from ops0.core.requirements.installed import InstalledDistribution
from ops0.core.requirements.names import canonicalize_name, name_of
from ops0.core.requirements.tables import Absent
from ops0.core.requirements.values import Context

OF_THE_USER: tuple[Origin, ...] = ("declared", "installed")
"""Whose word it is that the user has a distribution, not only that it exists."""

_VERSION = re.compile(r"_v\d+(?:p\d+)?(?:(?:alpha|beta|eap)\d*)?$")
_NEUTRAL = frozenset({"python", "python3", "py", "django", "apache", "sdk", "api", "client"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """Who provides an import. ``note`` is what the user should know of the choice; ``prefix`` is what matched."""

    distribution: str
    requirement: str
    prefix: str
    origin: Origin
    note: str | None = None


class SeveralProviders(Exception):
    """Several distributions provide an import and nothing says which is meant. Callers add the place."""

    def __init__(self, prefix: str, candidates: tuple[str, ...]) -> None:
        super().__init__(prefix)
        self.prefix, self.candidates = prefix, candidates


class NotFromAnIndex(Exception):
    """The provider is installed from a folder or an address. Callers add the place."""

    def __init__(self, distribution: InstalledDistribution) -> None:
        super().__init__(distribution.name)
        self.distribution = distribution


class NotInTheImage(Exception):
    """A module of other Pythons or other systems, and nobody else brings it. Callers add the place."""

    def __init__(self, module: str, absent: Absent) -> None:
        super().__init__(module)
        self.module, self.absent = module, absent


@dataclass(frozen=True)
class Lookup:
    """All sources of names for steps that declare the same, in their order."""

    context: Context
    declared: Mapping[str, Declared]
    _answers: dict[str, Provider | None] = field(default_factory=dict, repr=False, compare=False)

    def find(self, dotted: str) -> Provider | None:
        """Who provides a dotted name, or None. Raises SeveralProviders, NotFromAnIndex, NotInTheImage."""
        if dotted not in self._answers:
            self._answers[dotted] = self._find(dotted)
        return self._answers[dotted]

    def _find(self, dotted: str) -> Provider | None:
        sources: tuple[Callable[[str], Provider | None], ...] = (
            self._from_settings,
            self._from_declared,
            self._from_installed,
            self._from_table,
            self._from_integrations,
            self._from_pipreqs,
        )
        for prefix in prefixes(dotted):
            named = prefix in self.context.imports or prefix in self.context.plugged
            if prefix in self.context.tables.namespaces and not named:
                return None
            for source in sources:
                found = source(prefix)
                if found is not None:
                    return found
        return None

    def spared(self, fact: ImportFact) -> bool:
        """Whether an import stands in for modules that the user has: declared, or installed beside ops0."""
        return any(all(self._of_the_user(one) for one in group) for group in fact.instead)

    def _of_the_user(self, dotted: str) -> bool:
        try:
            found = self.find(dotted)
        except (SeveralProviders, NotFromAnIndex, NotInTheImage):
            return False
        return found is not None and found.origin in OF_THE_USER

    def known(self, distribution: str) -> bool:
        """Whether anything says what a distribution provides; one of which nothing is known may provide anything."""
        if self.context.tables.provided_by(distribution):
            return True
        if any(name_of(one.text) == distribution for one in self.context.plugged.values()):
            return True
        if any(one.name == distribution and one.provides for one in self.context.local):
            return True
        return any(
            one.name == distribution and one.provides
            for one in self.context.installed.distributions
        )

    def candidates(self, dotted: str) -> tuple[str, ...]:
        """What a name that nobody provides may have meant: up to three distributions, the closest first."""
        return self.context.likely.meant(dotted, self.declared)

    def holds(self, *, until: str, since: str) -> bool:
        """Whether versions may come that fit ``until``, and none that does not fit ``since``."""
        if until and not self._may_come(until, fitting=True):
            return False
        return not since or not self._may_come(since, fitting=False)

    def _may_come(self, requirement: str, *, fitting: bool) -> bool:
        """By what is declared, else what is installed; anything may come where neither is known."""
        name = name_of(requirement)
        declared, installed = self.declared.get(name), self.context.installed.version_of(name)
        return may_come(
            requirement, declared.requirement if declared else None, installed, fitting=fitting
        )

    def requirement_of(self, distribution: str) -> str:
        """The declared requirement of a distribution, else its bare name."""
        declared = self.declared.get(distribution)
        return declared.requirement if declared else distribution

    def _from_settings(self, prefix: str) -> Provider | None:
        declaration = self.context.imports.get(prefix)
        if declaration is None:
            return None
        return _found_in(declaration, prefix, "declared", self.context.root)

    def _from_declared(self, prefix: str) -> Provider | None:
        tables = self.context.tables
        names = [one.name for one in self.context.local if prefix in one.provides]
        names += [owner.name for owner in self.context.installed.owners(prefix)]
        if prefix in tables.imports:
            names += tables.rivals_of(tables.imports[prefix])
        if prefix in tables.absent:
            names.append(tables.absent[prefix].provider)
        names.append(canonicalize_name(prefix.replace(".", "-")))
        names += tables.pipreqs.get(prefix, ())
        name = next((name for name in names if name in self.declared), None)
        return None if name is None else self._found(name, prefix, "declared")

    def _from_installed(self, prefix: str) -> Provider | None:
        owners = self.context.installed.owners(prefix)
        if not owners:
            return None
        by_name = {owner.name: owner for owner in owners}
        curated = self.context.tables.imports.get(prefix, "")
        group = self.context.tables.rivals_of(curated or owners[0].name)
        if len(owners) == 1:
            name = owners[0].name
        elif curated in by_name:
            name = curated
        elif set(by_name) <= set(group):
            name = next(one for one in group if one in by_name)
        else:
            raise SeveralProviders(prefix, tuple(sorted(by_name)))
        owner = by_name[name]
        if owner.origin is not None and name != curated:
            raise NotFromAnIndex(owner)
        note = (
            None
            if len(owners) == 1
            else f"{', '.join(sorted(by_name))} are installed and provide it"
        )
        if owner.origin is not None:
            note = f"it is installed from {owner.origin}; images get it from the index"
        return self._found(name, prefix, "installed", note)

    def _from_table(self, prefix: str) -> Provider | None:
        tables = self.context.tables
        if prefix in tables.absent:
            raise NotInTheImage(prefix, tables.absent[prefix])
        curated = tables.imports.get(prefix) or tables.imports.get(_unversioned(prefix))
        if curated is None:
            return None
        group = tables.rivals_of(curated)
        installed = self.context.installed.names
        name = next((one for one in group if one in installed), curated)
        others = [one for one in group if one != name]
        note = f"{' and '.join(others)} would provide it too" if name in tables.noted else None
        return self._found(name, prefix, "curated", note)

    def _from_integrations(self, prefix: str) -> Provider | None:
        declaration = self.context.plugged.get(prefix)
        if declaration is None:
            return None
        found = _found_in(declaration, prefix, "curated")
        declared = self.declared.get(found.distribution)
        texts = [found.requirement, *([declared.requirement] if declared else [])]
        return replace(found, requirement=join_requirements(texts))

    def _from_pipreqs(self, prefix: str) -> Provider | None:
        tables = self.context.tables
        names = tables.pipreqs.get(prefix, ())
        if not names or prefix in tables.distrusted:
            return None
        if len(names) > 1:
            raise SeveralProviders(prefix, names)
        if not resembles(prefix, names[0]):
            return None
        return self._found(names[0], prefix, "pipreqs", "only pipreqs's mapping says so")

    def _found(self, name: str, prefix: str, origin: Origin, note: str | None = None) -> Provider:
        return Provider(
            distribution=name,
            requirement=self.requirement_of(name),
            prefix=prefix,
            origin=origin,
            note=note,
        )


def _found_in(declaration: Declaration, prefix: str, origin: Origin, root: str = "") -> Provider:
    requirement = parse_requirement(declaration, root)
    return Provider(
        distribution=canonicalize_name(requirement.name),
        requirement=requirement_text(requirement),
        prefix=prefix,
        origin=origin,
    )


def _unversioned(prefix: str) -> str:
    """``google.cloud.kms`` of ``google.cloud.kms_v1``: the versions of an interface are of one distribution."""
    return _VERSION.sub("", prefix) if prefix.startswith("google.") else ""


def prefixes(dotted: str) -> Iterator[str]:
    """``a.b.c``, ``a.b``, ``a``."""
    while dotted:
        yield dotted
        dotted = dotted.rpartition(".")[0]


def resembles(module: str, distribution: str) -> bool:
    """Whether a distribution is the import's name with nothing but words such as ``python-`` around it.

    The mapping also holds forks and add-ons, ``autobahn -> autobahn-rce``, and entries such as ``version -> chartio``.
    """
    wanted = re.sub(r"[^a-z0-9]", "", module.lower())
    given = "".join(word for word in distribution.split("-") if word not in _NEUTRAL)
    return len(wanted) > 2 and given in (wanted, f"py{wanted}", f"{wanted}py", f"lib{wanted}")
