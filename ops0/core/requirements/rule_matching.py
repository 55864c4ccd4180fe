"""Rules held against the facts of a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from ops0.core.facts import CALLED, CallFact, Facts, says_only
from ops0.core.pipeline import Reason, Warn, Where
from ops0.core.requirements.names import name_of
from ops0.core.requirements.rule_set import RuleSet
from ops0.core.requirements.rules import Rule
from ops0.core.requirements.telling import Telling, used_modules

_FRAMES = frozenset({"dask", "pandas", "polars"})
"""Libraries that nearly every step uses, most often for something else than a database."""


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """One need that a rule found. ``warn`` is told unless somebody declares the distribution; the rest as in Rule.

    requirement: of a distribution, the name of a Debian package, or "" for native code; as ``kind`` says
    """

    requirement: str
    reason: Reason
    warn: Warn | None = field(default=None, compare=False)
    until: str = ""
    since: str = ""
    unpublished: bool = False
    kind: Literal["distribution", "apt", "native_code"] = "distribution"


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """What rules say of one step.

    hits:     every need that they find, sorted, without duplicates
    warnings: what they only warn of, and telling methods of something unknown: a likely need that nothing explains
    """

    hits: tuple[Hit, ...]
    warnings: tuple[Warn, ...]


def hold_against(rules: RuleSet, facts: Facts) -> RuleFindings:
    """Hold the rules against the facts of a step."""
    modules, telling = used_modules(facts), Telling.of(facts, rules)
    alone = _Matching(rules, facts, telling, modules, modules)
    warnings = (*alone.plain_warnings(), *_suspicions(rules, telling.calls, modules))
    matching = alone
    while True:
        found = set(matching.hits())
        more = _implied(found) - matching.beside
        if not more:
            return RuleFindings(tuple(sorted(found)), warnings)
        matching = _Matching(rules, facts, telling, modules, matching.beside | more)


def _implied(hits: Iterable[Hit]) -> frozenset[str]:
    """Modules that the code does not name and yet works with: ``hook.get_pandas_df(…)`` gives frames of pandas.

    By the names of their distributions: those of frames, arrays and pictures are the same.
    """
    found = (name_of(one.requirement) for one in hits if one.kind == "distribution")
    return frozenset(name.replace("-", "_") for name in found)


def _suspicions(
    rules: RuleSet, calls: Iterable[CallFact], modules: frozenset[str]
) -> Iterator[Warn]:
    suspects = [
        (call, rule)
        for call in calls
        for rule in rules.calling(call.name)
        if rule.telling and not _uses_any(modules, rule.beside)
    ]
    for call, rule in suspects:
        method = next(one for one in rule.methods if call.name.endswith(one))
        if not any(
            _uses_any(modules, other.beside + other.unless) for other in rules.calling(call.name)
        ):
            yield Warn(
                where=call.where,
                text=f"`{method}()` is called on something unknown; if it is of {rule.beside[0]}, "
                f"the step needs {', '.join(rule.needs)}",
                hint=f"annotate the value, or say @ops0.requires({_quoted(rule.needs)})",
            )


def _uses_any(modules: frozenset[str], wanted: Iterable[str]) -> bool:
    return any(name in modules for name in wanted)


@dataclass
class _Matching:
    """One step's facts under the rules. Calls are looked at first, texts last.

    modules: what the code names;    beside: that, and what other needs bring: it stands beside methods and texts
    told:   the rules that calls have fired, with the place: their texts need not be told again
    known:  see rules_of;   spared: whether modules and calls spare a rule, by its id
    """

    rules: RuleSet
    facts: Facts
    telling: Telling
    modules: frozenset[str]
    beside: frozenset[str]
    told: set[tuple[str, Where]] = field(default_factory=set)
    known: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    spared: dict[int, bool] = field(default_factory=dict)

    def hits(self) -> Iterator[Hit]:
        """All that the rules find."""
        yield from self.from_calls()
        yield from self.from_names()
        yield from self.from_values()
        yield from self.from_texts()

    def from_calls(self) -> Iterator[Hit]:
        """What is called, by its name or as a method."""
        for call in self.telling.calls:
            for rule in (*self.rules_of(call.name), *self._given_to(call)):
                if rule.is_foreign(call.maker):
                    continue
                found = self._of_call(rule, call)
                if found and rule.texts:
                    self.told.add((rule.id, call.where))
                yield from found

    def from_names(self) -> Iterator[Hit]:
        """What is imported, read or a type, and not called: nothing decides but the name."""
        for name, where, text in self._names():
            for rule in self.rules.using(name):
                if rule.texts or rule.called or not self._used_beside(rule):
                    continue
                if not self._spared(rule):
                    yield from self._all(rule, where, text)
        for read in self.telling.reads:
            for rule in self.rules.reading(read.name):
                if self._beside(rule) and not self._spared(rule):
                    yield from self._all(rule, read.where, read.name)

    def from_values(self) -> Iterator[Hit]:
        """What values go on needing that calls have made: instances of a class, and what rules say."""
        for kind in self.facts.types:
            is_instance = any(part[:1].isupper() for part in kind.name.split("."))
            for rule in self.rules.using(kind.name) if kind.made else ():
                if not self._used_beside(rule):
                    continue
                if rule.travels or (is_instance and not rule.texts and not rule.called):
                    for literals in kind.literals:
                        call = CallFact(name=kind.name, literals=literals, where=kind.where)
                        yield from self._decided(rule, call, spared=self._spares(rule, call))

    def from_texts(self) -> Iterator[Hit]:
        """Strings that start in a telling way, where something that a rule knows takes them, or anything may."""
        for fact in self.telling.texts:
            for rule, start in self.rules.beginning(fact.text):
                if (rule.id, fact.where) in self.told:
                    continue
                if self._takes(rule, fact.given):
                    yield from self._all(rule, fact.where, f'"{start}…"')

    def plain_warnings(self) -> Iterator[Warn]:
        """What rules without needs warn of."""
        for call in self.telling.calls:
            for rule in self.rules_of(call.name):
                if rule.warn and not rule.brings and not rule.cases and not self._spared(rule):
                    yield _warning(rule, call.where, f"{call.name}()")

    def rules_of(self, name: str) -> tuple[Rule, ...]:
        """The rules that know a call."""
        if name not in self.known:
            methods = (rule for rule in self.rules.calling(name) if self._beside(rule))
            uses = (rule for rule in self.rules.using(name) if self._used_beside(rule))
            self.known[name] = (*uses, *methods)
        return self.known[name]

    def _given_to(self, call: CallFact) -> Iterator[Rule]:
        """The rules that know an argument of a method's call, whatever the method is."""
        for name, _ in call.literals if call.name.startswith(".") else ():
            yield from (rule for rule in self.rules.by_argument.get(name, ()) if self._beside(rule))

    def _names(self) -> Iterator[tuple[str, Where, str]]:
        for fact in self.facts.imports:
            if not fact.optional:
                for dotted in (fact.module, *(f"{fact.module}.{name}" for name in fact.names)):
                    if dotted not in self.telling.called:
                        yield dotted, fact.where, fact.text
        for read in self.telling.reads:
            if read.name not in self.telling.called:
                yield read.name, read.where, read.name
        for kind in self.facts.types:
            if not kind.made:
                yield kind.name, kind.where, kind.text

    def _takes(self, rule: Rule, given: str) -> bool:
        """Whether a text that goes there counts for a rule."""
        if given and (rule.uses or rule.methods):
            return any(one is rule for one in self.rules_of(given))
        if given == "==" or says_only(given):
            return False
        return self._beside(rule) and self._works(rule) and not self._spared(rule)

    def _works(self, rule: Rule) -> bool:
        """Whether a connection that a text names may be opened: frames beside it open one only by a call of theirs."""
        others = [one for one in rule.beside if one not in _FRAMES]
        if not rule.travels or not rule.uses or _uses_any(self.beside, others):
            return True
        return any(rule in self.rules_of(call.name) for call in self.telling.calls)

    def _of_call(self, rule: Rule, call: CallFact) -> tuple[Hit, ...]:
        """What a rule says of a call, found once for all steps that reach it: they share what is known of it."""
        spared = self._spares(rule, call)
        kept = self.rules.decided
        known = kept.get(call, id(rule), spared)
        if known is None:
            found = tuple(self._decided(rule, call, spared=spared))
            known = kept.keep(found, call, id(rule), spared)
        return known

    def _spares(self, rule: Rule, call: CallFact) -> bool:
        """Whether a rule says nothing of a call where no case decides."""
        if rule.texts:
            return not any(text.startswith(rule.texts) for _, text in call.literals)
        return self._spared(rule)

    def _decided(self, rule: Rule, call: CallFact, *, spared: bool) -> Iterator[Hit]:
        literals = dict(call.literals)
        decided = (case.decides(literals) for case in rule.cases)
        needs = next((one for one in decided if one is not None), None)
        subject = f"{call.name}()" if call.name != CALLED else "a value that is called"
        if needs is not None:
            yield from self._plain(rule, needs, call.where, subject)
        elif not spared:
            yield from self._all(rule, call.where, subject)

    def _all(self, rule: Rule, where: Where, subject: str) -> Iterator[Hit]:
        """What a rule says where no case decides."""
        yield from self._plain(rule, rule.needs, where, subject)
        if rule.apt or rule.native_code:
            reason = Reason(where, f"{subject}: {rule.why}")
            for package in rule.apt:
                yield Hit(package, reason, None, rule.until, rule.since, kind="apt")
            if rule.native_code:
                yield Hit("", reason, None, rule.until, rule.since, kind="native_code")

    def _plain(self, rule: Rule, needs: Iterable[str], where: Where, subject: str) -> Iterator[Hit]:
        for need in needs:
            warn = _warning(rule, where, subject, need) if rule.warn else None
            reason = Reason(where, f"{subject}: {rule.why}")
            yield Hit(need, reason, warn, rule.until, rule.since, rule.unpublished)

    def _beside(self, rule: Rule) -> bool:
        return not rule.beside or _uses_any(self.beside, rule.beside)

    def _used_beside(self, rule: Rule) -> bool:
        """Of a rule that says only ``uses``, these must stand beside its modules, too."""
        return bool(rule.methods or rule.attributes or rule.texts) or self._beside(rule)

    def _spared(self, rule: Rule) -> bool:
        if not rule.unless:
            return False
        known = self.spared.get(id(rule))
        if known is None:
            known = _uses_any(self.modules, rule.unless)
            known = known or not self.telling.sparing.isdisjoint(rule.unless)
            self.spared[id(rule)] = known
        return known


def _warning(rule: Rule, where: Where, subject: str, need: str = "") -> Warn:
    return Warn(
        where=where,
        text=f"{subject}: {rule.warn.replace('{}', need)}",
        hint=rule.hint.replace("{}", need) or None,
    )


def _quoted(needs: Iterable[str]) -> str:
    return ", ".join(f'"{need}"' for need in needs)
