"""What of a step's facts may tell a rule anything: a small part of them."""

from __future__ import annotations

from dataclasses import dataclass

from ops0.core.facts import CallFact, Facts, ReadFact, TextFact
from ops0.core.requirements.rule_set import RuleSet

__all__ = ["Telling", "used_modules"]


def used_modules(facts: Facts) -> frozenset[str]:
    """The dotted names of everything foreign that a step imports or has as a type, and their parents."""
    names = {fact.module for fact in facts.imports} | {fact.name for fact in facts.types}
    names |= {f"{fact.module}.{name}" for fact in facts.imports for name in fact.names}
    every = set(names)
    for name in names:
        parent = name.rpartition(".")[0]
        while parent and parent not in every:
            every.add(parent)
            parent = parent.rpartition(".")[0]
    return frozenset(every)


@dataclass(frozen=True, slots=True)
class Telling:
    """That part, which is looked at several times.

    called: the names that are called, whose arguments decide
    sparing: what rules are spared by: those of the names, and ``f(x)`` for a call with its first text
    """

    calls: tuple[CallFact, ...]
    texts: tuple[TextFact, ...]
    reads: tuple[ReadFact, ...]
    called: frozenset[str]
    sparing: frozenset[str]

    @staticmethod
    def of(facts: Facts, rules: RuleSet) -> Telling:
        """That of one step."""
        called = frozenset(call.name for call in facts.calls)
        known = {name for name in called if rules.knows(name)}
        first = {
            f"{call.name}({call.literals[0][1]})"
            for call in facts.calls
            if call.literals and call.name in rules.sparing_calls
        }
        return Telling(
            calls=tuple(call for call in facts.calls if call.name in known),
            texts=tuple(text for text in facts.texts if text.text.startswith(rules.text_starts)),
            reads=tuple(read for read in facts.reads if rules.knows(read.name)),
            called=called,
            sparing=called | first,
        )
