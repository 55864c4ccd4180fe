"""Needs that no import shows: rules as data, matched against the facts of a step.

A rule fires when one of its ``uses`` is called, imported by name or used as a type, when one of its ``methods``
is called beside one of its ``beside`` modules, or when one of its ``texts`` starts a string. The first of its
``cases`` that fits decides what is needed, else its ``needs``. The grammar stands at the top of ``rules.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ops0.core.facts import CallFact, Facts, TextFact
from ops0.core.pipeline import Reason, Warn

_KEYS = {
    "id",
    "why",
    "page",
    "uses",
    "methods",
    "texts",
    "beside",
    "unless",
    "cases",
    "needs",
    "telling",
}
_CASE_KEYS = {"argument", "is", "ends", "starts", "needs"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What an argument's literal decides: ``argument`` are its names and positions, the first that is given counts."""

    argument: tuple[str, ...]
    needs: tuple[str, ...]
    equals: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()

    def fits(self, literals: Mapping[str, str]) -> bool:
        """Whether a call with these literals is this case."""
        given = next((literals[name] for name in self.argument if name in literals), None)
        if given is None:
            return False
        return (
            given in self.equals
            or given.lower().endswith(self.ends)
            or given.startswith(self.starts)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One kind of hidden need.

    uses:    dotted names, ``*`` at the end for any ending;    methods: ``.to_parquet``
    texts:   beginnings of strings, ``s3://``;                  needs: requirements, () for none
    beside:  modules of which the step must use one, for methods and texts; () for always
    unless:  modules that serve the purpose themselves: spare `needs`, not what a case or a call's text decides
    telling: a method whose name alone makes the need likely: without ``beside`` it is warned of
    """

    id: str
    why: str
    page: str
    needs: tuple[str, ...]
    uses: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    telling: bool = False


class RuleFault(ValueError):
    """A rule that does not say what a rule must say. Loaders add the file."""


def parse_rule(entry: object) -> Rule:
    """Read one rule from its TOML table. Raises RuleFault naming the rule and the key."""
    if not isinstance(entry, dict):
        raise RuleFault("a rule is a table")
    name = entry.get("id")
    if not isinstance(name, str) or not name:
        raise RuleFault("a rule has an `id`")
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise RuleFault(f"rule {name}: unknown key `{unknown[0]}`")
    cases = entry.get("cases", [])
    if not isinstance(cases, list):
        raise RuleFault(f"rule {name}: `cases` is a list of tables")
    rule = Rule(
        id=name,
        why=_text(entry, "why", name) or f"rule {name}",
        page=_text(entry, "page", name),
        needs=_texts(entry, "needs", name),
        uses=_texts(entry, "uses", name),
        methods=_texts(entry, "methods", name),
        texts=_texts(entry, "texts", name),
        beside=_texts(entry, "beside", name),
        unless=_texts(entry, "unless", name),
        cases=tuple(_case(case, name) for case in cases),
        telling=entry.get("telling") is True,
    )
    if not (rule.uses or rule.methods or rule.texts):
        raise RuleFault(f"rule {name}: nothing to match, give `uses`, `methods` or `texts`")
    return rule


def _case(entry: object, rule: str) -> Case:
    if not isinstance(entry, dict) or set(entry) - _CASE_KEYS:
        raise RuleFault(f"rule {rule}: a case has the keys {', '.join(sorted(_CASE_KEYS))}")
    return Case(
        argument=_texts(entry, "argument", rule),
        needs=_texts(entry, "needs", rule),
        equals=_texts(entry, "is", rule),
        ends=_texts(entry, "ends", rule),
        starts=_texts(entry, "starts", rule),
    )


def _text(entry: Mapping[str, Any], key: str, rule: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise RuleFault(f"rule {rule}: `{key}` is a string")
    return value


def _texts(entry: Mapping[str, Any], key: str, rule: str) -> tuple[str, ...]:
    value = entry.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise RuleFault(f"rule {rule}: `{key}` is a list of strings")
    return tuple(values)


def rule_needs(rules: Iterable[Rule], facts: Facts) -> tuple[tuple[str, Reason], ...]:
    """Every (requirement, reason) that the rules find in the facts, sorted, without duplicates."""
    modules = used_modules(facts)
    found: set[tuple[str, Reason]] = set()
    rules = tuple(rules)
    calls: dict[str, list[CallFact]] = {}
    for call in facts.calls:
        calls.setdefault(call.name, []).append(call)
    every = tuple(text for rule in rules for text in rule.texts)
    texts = tuple(fact for fact in facts.texts if fact.text.startswith(every))
    for rule in rules:
        spared = _uses_any(modules, rule.unless)
        found.update(_from_uses(rule, facts, calls, spared=spared))
        if not rule.beside or _uses_any(modules, rule.beside):
            found.update(_from_methods(rule, calls, spared=spared))
            if not spared:
                found.update(_from_texts(rule, texts))
    return tuple(sorted(found))


def rule_warnings(rules: Iterable[Rule], facts: Facts) -> tuple[Warn, ...]:
    """Telling methods of something unknown: likely a need, but nothing in the step shows whose method it is."""
    modules = used_modules(facts)
    rules = tuple(rules)
    explained = {
        method
        for rule in rules
        for method in rule.methods
        if _uses_any(modules, rule.beside + rule.unless)
    }
    return tuple(
        Warn(
            where=call.where,
            text=f"`{call.name}()` is called on something unknown; if it is of {rule.beside[0]}, "
            f"the step needs {', '.join(rule.needs)}",
            hint=f"annotate the value, or say @ops0.requires({_quoted(rule.needs)})",
        )
        for rule in rules
        if rule.telling and rule.beside
        for call in facts.calls
        if call.name in rule.methods and call.name not in explained
    )


def used_modules(facts: Facts) -> frozenset[str]:
    """The dotted names of everything foreign that a step imports or has as a type, and their parents."""
    names = {fact.module for fact in facts.imports} | {fact.name for fact in facts.types}
    names |= {f"{fact.module}.{name}" for fact in facts.imports for name in fact.names}
    parts = [name.split(".") for name in names]
    return frozenset(".".join(one[:end]) for one in parts for end in range(1, len(one) + 1))


def _uses_any(modules: frozenset[str], wanted: Iterable[str]) -> bool:
    return any(name in modules for name in wanted)


def _from_uses(
    rule: Rule, facts: Facts, calls: Mapping[str, list[CallFact]], *, spared: bool
) -> Iterator[tuple[str, Reason]]:
    if not rule.uses:
        return
    exact, starts = _patterns(rule.uses)
    called = exact & calls.keys()
    if starts:
        called |= {name for name in calls if name.startswith(starts)}
    for name in called:
        for call in calls[name]:
            yield from _decided(rule, call, spared=spared)
    if rule.texts or spared:
        return
    for fact in facts.imports:
        for name in fact.names:
            dotted = f"{fact.module}.{name}"
            if dotted not in called and (dotted in exact or dotted.startswith(starts)):
                yield from _plain(rule.needs, Reason(fact.where, f"{fact.text}: {rule.why}"))


def _from_methods(
    rule: Rule, calls: Mapping[str, list[CallFact]], *, spared: bool
) -> Iterator[tuple[str, Reason]]:
    for method in dict.fromkeys(rule.methods):
        for call in calls.get(method, ()):
            yield from _decided(rule, call, spared=spared)


def _from_texts(rule: Rule, facts: Iterable[TextFact]) -> Iterator[tuple[str, Reason]]:
    if not rule.texts:
        return
    for fact in facts:
        if fact.text.startswith(rule.texts):
            start = next(text for text in rule.texts if fact.text.startswith(text))
            yield from _plain(rule.needs, Reason(fact.where, f'"{start}…": {rule.why}'))


def _decided(rule: Rule, call: CallFact, *, spared: bool) -> Iterator[tuple[str, Reason]]:
    literals = dict(call.literals)
    if rule.texts:
        spared = not any(text.startswith(rule.texts) for text in literals.values())
    otherwise = () if spared else rule.needs
    needs = next((case.needs for case in rule.cases if case.fits(literals)), otherwise)
    yield from _plain(needs, Reason(call.where, f"{call.name}(): {rule.why}"))


def _plain(needs: Iterable[str], reason: Reason) -> Iterator[tuple[str, Reason]]:
    for need in needs:
        yield need, reason


@lru_cache(maxsize=512)
def _patterns(uses: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names that must be equal, and the beginnings that are enough."""
    starts = tuple(pattern[:-1] for pattern in uses if pattern.endswith("*"))
    return frozenset(pattern for pattern in uses if not pattern.endswith("*")), starts


def _quoted(needs: Iterable[str]) -> str:
    return ", ".join(f'"{need}"' for need in needs)
