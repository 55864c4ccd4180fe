"""Every shipped rule on code: ``rule_cases.txt`` says what snippets need, exactly.

What rules bring beside distributions stands with these: ``apt:g++``, and ``native-code``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest

from ops0.core.analyzer import function_facts
from ops0.core.facts import Facts
from ops0.core.locked import Target
from ops0.core.pipeline import Where
from ops0.core.project_files import MemorySource
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.requirements.resolve import resolve_needs
from ops0.core.requirements.rule_matching import hold_against
from ops0.core.requirements.rule_set import RuleSet
from ops0.core.requirements.values import Context
from ops0.host.tables import read_tables

TARGET = Target(python="3.11")
TABLES = read_tables()
CONTEXT = Context(target=TARGET, tables=TABLES)


@dataclass(frozen=True)
class RuleCase:
    """One line: the file that it means, what the step declares, and the distributions that it must need."""

    rule: str
    line: int
    source: str
    requires: str
    needs: frozenset[str]

    @cached_property
    def facts(self) -> Facts:
        """Four tests ask for them, and nothing costs more."""
        source = MemorySource({"p.py": self.source})
        return function_facts(source, "p.py", "f", roots=(".",), target=TARGET)["f"]


def read_cases() -> Iterator[RuleCase]:
    rule = ""
    lines = Path(__file__).with_name("rule_cases.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith("# "):
            rule = line.removeprefix("# ")
        elif rule and " => " in line:
            code, _, needs = line.rpartition(" => ")
            declared = ""
            if code.startswith("requires "):
                declared, _, code = code.removeprefix("requires ").partition(" || ")
            top, bar, body = code.rpartition(" || ")
            source = "\n".join(top.split(" ; ")) if bar else ""
            source += f"\ndef f(df, x, path):\n    {body}\n"
            yield RuleCase(rule, number, source, declared, frozenset(needs.split()) - {"-"})


CASES = tuple(read_cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.line}")
def test_a_snippet_needs_exactly_what_its_line_says(case: RuleCase) -> None:
    asked = StepDeclared(
        requires=(Declaration(case.requires, Where("p.py", 1)),) if case.requires else ()
    )
    found = resolve_needs("f", case.facts, asked, CONTEXT)
    assert {need.name for need in found.needs} | beside_distributions(case.facts) == case.needs


def beside_distributions(facts: Facts) -> set[str]:
    hits = hold_against(CONTEXT.rule_set, facts).hits
    packages = {f"apt:{one.requirement}" for one in hits if one.kind == "apt"}
    native = {"native-code" for one in hits if one.kind == "native_code"}
    return packages | native


def test_what_a_rule_brings_beside_distributions_is_a_need_with_its_reason() -> None:
    source = "import torch\ndef f(x): return torch.compile(x)\n"
    facts = function_facts(MemorySource({"p.py": source}), "p.py", "f", roots=(".",), target=TARGET)
    found = resolve_needs("f", facts["f"], StepDeclared(), CONTEXT)
    assert [one.name for one in found.system] == ["g++", "libpython3-dev"]
    (why,) = found.native_code
    assert str(why.where) == "p.py:2"
    assert why.text.startswith("torch.compile(): torch compiles the function")
    assert {one.reasons for one in found.system} == {(why,)}


def test_a_distribution_that_unpacks_libraries_says_so_itself() -> None:
    source = "from pyspark.sql import SparkSession\ndef f(): return SparkSession\n"
    facts = function_facts(MemorySource({"p.py": source}), "p.py", "f", roots=(".",), target=TARGET)
    found = resolve_needs("f", facts["f"], StepDeclared(), CONTEXT)
    (why,) = found.native_code
    assert (str(why.where), why.text.partition(": ")[0]) == ("p.py:1", "pyspark")
    plain = "import pandas\ndef f(): return pandas\n"
    facts = function_facts(MemorySource({"p.py": plain}), "p.py", "f", roots=(".",), target=TARGET)
    assert resolve_needs("f", facts["f"], StepDeclared(), CONTEXT).native_code == ()


def test_every_rule_has_a_case_in_which_it_fires() -> None:
    by_rule: dict[str, list[RuleCase]] = defaultdict(list)
    for case in CASES:
        by_rule[case.rule].append(case)
    assert set(by_rule) == {rule.id for rule in TABLES.rules}
    silent = []
    for rule in TABLES.rules:
        alone = RuleSet([rule])
        held = ((case.line, hold_against(alone, case.facts)) for case in by_rule[rule.id])
        fired = [line for line, found in held if found.hits or found.warnings]
        if not fired:
            silent.append(rule.id)
    assert silent == []


def test_the_cases_see_the_rules() -> None:
    """Without any rule, more than half of the lines fail: those that remain are there to be silent."""
    bare = Context(target=TARGET, tables=replace(TABLES, rules=()))
    plain = [case for case in CASES if not case.requires]
    passed = 0
    for case in plain:
        found = resolve_needs("f", case.facts, StepDeclared(), bare)
        passed += {need.name for need in found.needs} == case.needs
    assert passed < len(plain) / 2
