"""Rules indexed by the names that they know, so that a call is compared only with those that may know it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ops0.core.requirements.by_identity import ByIdentity
from ops0.core.requirements.rules import ANY_METHOD, Rule

if TYPE_CHECKING:
    from ops0.core.facts import CallFact, Uses
    from ops0.core.requirements.rule_matching import Hit
    from ops0.core.requirements.telling import Telling


class RuleSet:
    """Rules by the names that they know.

    sparing_calls: the names of calls whose first text decides whether some rule is spared: ``f`` of ``f(x)``
    by_argument: argument -> the rules of whatever method is given it
    decided: what a rule finds in a call, by the rule's id and whether it is spared
    told_by: what of the uses of some code may tell a rule anything
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._exact: dict[str, list[Rule]] = defaultdict(list)
        self._patterns: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
        self._endings: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
        self._attributes: dict[str, list[Rule]] = defaultdict(list)
        self._using: dict[str, tuple[Rule, ...]] = {}
        self._calling: dict[str, tuple[Rule, ...]] = {}
        self._known: dict[str, bool] = {}
        self.decided: ByIdentity[CallFact, tuple[Hit, ...]] = ByIdentity()
        self.told_by: ByIdentity[Uses, Telling] = ByIdentity()
        self._beginning: dict[str, tuple[tuple[Rule, str], ...]] = {}
        self.by_argument: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            for case in rule.cases if ANY_METHOD in rule.methods else ():
                for name in case.argument:
                    self.by_argument[name].append(rule)
            for pattern in rule.uses:
                if "*" in pattern:
                    self._patterns[pattern.partition(".")[0]].append((pattern, rule))
                else:
                    self._exact[pattern].append(rule)
            for method in rule.methods:
                self._endings[method.rpartition(".")[2]].append((method, rule))
            for attribute in rule.attributes:
                self._attributes[attribute[1:]].append(rule)
        self.of_texts = tuple(rule for rule in self.rules if rule.texts)
        spared = (one.partition("(") for rule in self.rules for one in rule.unless)
        self.sparing_calls = frozenset(name for name, bracket, _ in spared if bracket)
        self.text_starts = tuple(text for rule in self.of_texts for text in rule.texts)

    def knows(self, name: str) -> bool:
        """Whether any rule may know a name. Most names of a step are known to none."""
        if name not in self._known:
            self._known[name] = bool(self.using(name) or self.calling(name) or self.reading(name))
        return self._known[name]

    def beginning(self, text: str) -> tuple[tuple[Rule, str], ...]:
        """The rules with a text that this one begins with, each with the first one of its texts that does."""
        if not text.startswith(self.text_starts):
            return ()
        if text not in self._beginning:
            starts = (
                (rule, next((one for one in rule.texts if text.startswith(one)), None))
                for rule in self.of_texts
            )
            self._beginning[text] = tuple((rule, one) for rule, one in starts if one is not None)
        return self._beginning[text]

    def using(self, name: str) -> tuple[Rule, ...]:
        """The rules whose ``uses`` have a dotted name. Asked for again and again, so each answer is kept."""
        if name not in self._using:
            self._using[name] = self._find_using(name)
        return self._using[name]

    def _find_using(self, name: str) -> tuple[Rule, ...]:
        patterns = self._patterns.get(name.partition(".")[0], ())
        found = [rule for pattern, rule in patterns if fnmatchcase(name, pattern)]
        found = [*self._exact.get(name, ()), *found]
        return tuple(
            dict.fromkeys(
                rule for rule in found if not any(fnmatchcase(name, one) for one in rule.but)
            )
        )

    def calling(self, name: str) -> tuple[Rule, ...]:
        """The rules whose ``methods`` a call of something unknown ends with: ``.self.rows.to_parquet``."""
        if not name.startswith("."):
            return ()
        if name not in self._calling:
            self._calling[name] = self._find_calling(name)
        return self._calling[name]

    def _find_calling(self, name: str) -> tuple[Rule, ...]:
        known = self._endings.get(name.rpartition(".")[2], ())
        return tuple(dict.fromkeys(rule for method, rule in known if name.endswith(method)))

    def reading(self, name: str) -> tuple[Rule, ...]:
        """The rules that have one of the attributes in ``.style.format``."""
        if not name.startswith("."):
            return ()
        parts = name[1:].split(".")
        return tuple(rule for part in parts for rule in self._attributes.get(part, ()))
