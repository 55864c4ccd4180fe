"""The needs of one step in the making: what has been found, what is unknown, what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from ops0.core.errors import Ops0Error
from ops0.core.facts import ImportFact, TypeFact
from ops0.core.pipeline import Need, Origin, Reason, Warn, Where
from ops0.core.requirements import places
from ops0.core.requirements.declared import (
    Declared,
    join_requirements,
)
from ops0.core.requirements.errors import (
    AbsentModule,
    AmbiguousImport,
    LocalInstallation,
    UnknownImport,
)
from ops0.core.requirements.lookup import (
    OF_THE_USER,
    Lookup,
    NotFromAnIndex,
    NotInTheImage,
    Provider,
    SeveralProviders,
)
from ops0.core.requirements.names import canonicalize_name, name_of
from ops0.core.requirements.rule_matching import Hit

_TRUST: tuple[Origin, ...] = (
    "declared",
    "installed",
    "curated",
    "pipreqs",
    "rule",
    "unpublished",
)


@dataclass
class _Draft:
    """A need in the making."""

    requirements: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    reasons: set[Reason] = field(default_factory=set)
    origins: set[Origin] = field(default_factory=set)


@dataclass
class Gathering:
    """What has been found so far for one step."""

    step: str
    lookup: Lookup
    drafts: dict[str, _Draft] = field(default_factory=dict)
    packages: dict[str, set[Reason]] = field(default_factory=dict)
    native: set[Reason] = field(default_factory=set)
    unknown: list[tuple[str, ImportFact]] = field(default_factory=list)
    optional: list[tuple[str, ImportFact]] = field(default_factory=list)
    faults: list[Ops0Error] = field(default_factory=list)
    warnings: list[Warn] = field(default_factory=list)

    def add_import(self, fact: ImportFact) -> None:
        """Every distribution that one import statement reaches: its names may be submodules of other ones."""
        module = self._find(fact.module, fact)
        if module is _FAULTY:
            return
        deeper = [
            (name, self._find(f"{fact.module}.{name}", fact)) for name in fact.names if name != "*"
        ]
        own = [
            (f"{fact.module}.{name}", found)
            for name, found in deeper
            if found is not None and (module is None or found.distribution != module.distribution)
        ]
        for _, found in own:
            self._add_found(found, found.prefix, fact)
        if module is not None:
            self._add_found(module, fact.module, fact)
        elif len(own) < max(1, len(fact.names)):
            missing = next((name for name, found in deeper if found is None), "")
            self._miss(f"{fact.module}.{missing}" if own else fact.module, fact)

    def add_type(self, fact: TypeFact) -> None:
        """The distribution of a type that crosses an edge: the step must be able to load or store the value."""
        if "." not in fact.name or fact.name.partition(".")[0] in sys.stdlib_module_names:
            return
        text = fact.text
        try:
            found = self.lookup.find(fact.name)
        except (SeveralProviders, NotFromAnIndex, NotInTheImage):
            found = None
        if fact.optional and (found is None or found.origin not in OF_THE_USER):
            return
        if found is None:
            hint = 'name the distribution: @ops0.requires("DISTRIBUTION")'
            self.warnings.append(
                Warn(where=fact.where, text=f"{text}, which nobody provides", hint=hint)
            )
            return
        self._add(found.distribution, found.requirement, Reason(fact.where, text), found.origin)
        self.drafts[found.distribution].imports.add(found.prefix)

    def add_rule(self, hit: Hit) -> None:
        """A hidden need; a rival that is declared, installed or imported anyway serves as well."""
        if not self.lookup.holds(until=hit.until, since=hit.since):
            return
        if hit.kind == "apt":
            self.packages.setdefault(hit.requirement, set()).add(hit.reason)
            return
        if hit.kind == "native_code":
            self.native.add(hit.reason)
            return
        wanted = join_requirements([hit.requirement])
        named = name = name_of(wanted)
        tables = self.lookup.context.tables
        group = tables.rivals_of(name)
        for having in (self.lookup.declared, self.drafts, self.lookup.context.installed.names):
            name = next((one for one in group if one in having), name)
            if name in having:
                break
        origin: Origin = "unpublished" if hit.unpublished else "rule"
        self._add(name, f"{name}{wanted.removeprefix(named)}", hit.reason, origin)
        if hit.warn is not None and name not in self.lookup.declared:
            self.warnings.append(hit.warn)
        self.drafts[name].imports.update(tables.provided_by(name)[:1])

    def add_declared(self, declared: Declared) -> None:
        """What a step or the settings ask for is a need by itself; what the project or a notebook does joins a need."""
        if declared.by in ("step", "settings"):
            for one in declared.declarations[:1]:
                reason = Reason(one.where, f"declared: {places.shown(one.text)}")
                self._add(declared.name, declared.requirement, reason, "declared")
        elif declared.name in self.drafts:
            draft = self.drafts[declared.name]
            draft.requirements.add(declared.requirement)
            draft.origins.add("declared")
            draft.reasons.update(
                Reason(one.where, f"declared: {places.shown(one.text)}")
                for one in declared.declarations
                if places.has_address(one.text)
            )

    def settle_unknown(self) -> None:
        """An import that nobody knows comes from a declared distribution of which nothing is known, if there is one."""
        free = [
            one
            for one in self.lookup.declared.values()
            if (one.by != "project" or one.is_far)
            and not self.lookup.known(one.name)
            and self._is_idle(one.name)
        ]
        for module, fact in self.unknown:
            name = _meant(module, free)
            if name is None:
                self.faults.append(self._unknown(module, fact))
                continue
            requirement = self.lookup.requirement_of(name)
            self._add(name, requirement, Reason(fact.where, fact.text), "declared")
            self.drafts[name].imports.add(module)
            text = f"`{fact.text}` is taken to come from {name}: declared, and nothing else is known to provide it"
            self.warnings.append(Warn(where=fact.where, text=text))

    def _is_idle(self, distribution: str) -> bool:
        """Whether no import is known to come from a distribution."""
        draft = self.drafts.get(distribution)
        return draft is None or not draft.imports

    def settle_optional(self) -> None:
        """Tell of guarded imports that are left out, unless what they come from is there for another reason."""
        for distribution, fact in self.optional:
            if distribution not in self.drafts:
                text = f"`{fact.text}` is optional and left out"
                self._warn(fact.where, text, 'to have it: @ops0.requires("DISTRIBUTION")')

    def needs(self) -> tuple[Need, ...]:
        """The needs, finished and sorted."""
        return tuple(
            Need(
                name=name,
                requirement=join_requirements(sorted(draft.requirements)),
                imports=tuple(sorted(draft.imports)),
                reasons=tuple(sorted(draft.reasons)),
                origin=min(draft.origins, key=_TRUST.index),
            )
            for name, draft in sorted(self.drafts.items())
        )

    def _unknown(self, module: str, fact: ImportFact) -> UnknownImport:
        name = canonicalize_name(module.replace(".", "-"))
        real = next(iter(self.lookup.context.tables.provided_by(name)), None)
        candidates = self.lookup.candidates(module)
        return UnknownImport(module, fact.where, fact.text, candidates, step=self.step, real=real)

    def _find(self, dotted: str, fact: ImportFact) -> Provider | None:
        try:
            return self.lookup.find(dotted)
        except SeveralProviders as fault:
            self._fault(
                fact, AmbiguousImport(fault.prefix, fact.where, fact.text, fault.candidates)
            )
        except NotInTheImage as fault:
            self._fault(
                fact, AbsentModule(fault.module, fact.where, fact.text, fault.absent, self.step)
            )
        except NotFromAnIndex as fault:
            one = fault.distribution
            self._fault(fact, LocalInstallation(dotted, fact.where, one.name, one.origin or ""))
        return _FAULTY

    def _fault(self, fact: ImportFact, fault: Ops0Error) -> None:
        if not fact.optional and str(fault) not in map(str, self.faults):
            self.faults.append(fault)

    def _miss(self, module: str, fact: ImportFact) -> None:
        if fact.optional:
            self.optional.append(("", fact))
        else:
            self.unknown.append((module, fact))

    def _add_found(self, found: Provider, proof: str, fact: ImportFact) -> None:
        if found is _FAULTY:
            return
        text = fact.text
        if fact.optional:
            if found.origin not in OF_THE_USER:
                self.optional.append((found.distribution, fact))
                return
            text = f"{fact.text}, optional: {found.origin}"
        self._add(found.distribution, found.requirement, Reason(fact.where, text), found.origin)
        if not fact.optional:
            # Of `try: from a.new import x except ImportError: from a.old import x` either is proof.
            self.drafts[found.distribution].imports.add(found.prefix if fact.instead else proof)
        if found.note is not None:
            text = f"`{fact.text}` is taken to come from {found.distribution}: {found.note}"
            self._warn(fact.where, text, f'to choose: @ops0.requires("{found.distribution}")')

    def _warn(self, where: Where, text: str, hint: str) -> None:
        self.warnings.append(Warn(where=where, text=text, hint=hint))

    def _add(self, name: str, requirement: str, reason: Reason, origin: Origin) -> None:
        draft = self.drafts.setdefault(name, _Draft())
        draft.requirements.add(requirement)
        draft.reasons.add(reason)
        draft.origins.add(origin)


_FAULTY = Provider(distribution="", requirement="", prefix="", origin="rule")
"""Stands for an import whose fault has been reported already."""


def _meant(module: str, free: Sequence[Declared]) -> str | None:
    """Which declared distribution an unknown import is taken to come from.

    What a step or the settings ask for is meant for this step. A notebook's installs serve all its steps: there the
    names must resemble each other, unless only one comes into question. What the project takes from a repository or
    an address says nothing of itself before it is locked: there they must in any case.
    """
    letters = module.partition(".")[0].strip("_").lower()
    alike = [one.name for one in free if letters in one.name.replace("-", "_")]
    asked = [one.name for one in free if one.by in ("step", "settings")]
    others = [one.name for one in free if one.by != "project"]
    only = others if len(others) == 1 else []
    return next(iter((*alike, *asked, *only)), None)
