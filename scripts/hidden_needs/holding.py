"""What the rules that are there say of a candidate: whether they cover it, say something else, or nothing."""

from __future__ import annotations

from typing import Literal

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hidden_needs.candidates import Candidate
from ops0.core.facts import CallFact, Facts, ImportFact, Uses
from ops0.core.pipeline import Where
from ops0.core.requirements.rule_matching import hold_against
from ops0.core.requirements.rule_set import RuleSet

Verdict = Literal["covered", "other", "new"]
_WHERE = Where("p.py", 1)


def verdict(candidate: Candidate, rules: RuleSet) -> tuple[Verdict, tuple[str, ...]]:
    """How the rules see the call that a candidate means, and what they say that it needs.

    covered: they name the distribution by one of its names;    other: they name only others;    new: they are silent
    """
    best: tuple[str, ...] = ()
    for name in candidate.names:
        said = _said(candidate, name, rules)
        if candidate.need in said:
            return "covered", said
        best = best or said
    return ("other", best) if best else ("new", ())


def _said(candidate: Candidate, name: str, rules: RuleSet) -> tuple[str, ...]:
    literals = tuple((one.argument, one.texts[0]) for one in candidate.when)
    owner, _, last = name.rpartition(".")
    module = owner.rpartition(".")[0] if candidate.method else owner
    parents = module.split(".")
    imports = tuple(
        ImportFact(module=".".join(parents[:length]), names=(), where=_WHERE, text="")
        for length in range(1, len(parents) + 1)
    )
    calls = [CallFact(name=name, literals=literals, where=_WHERE)]
    if candidate.method:
        calls.append(CallFact(name=f".{last}", literals=literals, where=_WHERE, maker=owner))
    facts = Facts(imports=imports, uses=(Uses(calls=tuple(calls)),))
    hits = hold_against(rules, facts).hits
    names = (Requirement(hit.requirement).name for hit in hits if hit.kind == "distribution")
    return tuple(dict.fromkeys(canonicalize_name(one) for one in names))
