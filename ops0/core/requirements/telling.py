"""What of a step's facts may tell a rule anything: a small part of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from ops0.core.facts import CallFact, Facts, ReadFact, TextFact, Uses, first_reads
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
        """That of one step, put together out of what the code of each module tells."""
        parts = [_told_by(part, rules) for part in facts.uses]
        return Telling(
            calls=tuple(chain.from_iterable(part.calls for part in parts)),
            texts=tuple(chain.from_iterable(part.texts for part in parts)),
            reads=first_reads([part.reads for part in parts]),
            called=frozenset().union(*(part.called for part in parts)),
            sparing=frozenset().union(*(part.sparing for part in parts)),
        )

    @staticmethod
    def of_part(facts: Uses, rules: RuleSet) -> Telling:
        """That of some code."""
        called = frozenset(call.name for call in facts.calls)
        known = {name for name in called if rules.knows(name)}
        first = {
            f"{call.name}({call.literals[0][1]})"
            for call in facts.calls
            if call.literals and call.name in rules.sparing_calls
        }
        return Telling(
            calls=tuple(
                call
                for call in facts.calls
                if call.name in known or any(name in rules.by_argument for name, _ in call.literals)
            ),
            texts=tuple(text for text in facts.texts if text.text.startswith(rules.text_starts)),
            reads=tuple(read for read in facts.reads if rules.knows(read.name)),
            called=called,
            sparing=called | first,
        )


def _told_by(part: Uses, rules: RuleSet) -> Telling:
    """What some code tells: found once for all steps that have it, and not kept where it is one step's alone."""
    known = rules.told_by.get(part)
    if known is not None:
        return known
    found = Telling.of_part(part, rules)
    return rules.told_by.keep(found, part) if part.shared else found
