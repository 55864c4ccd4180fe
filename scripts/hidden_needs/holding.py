"""What the rules that are there say of a candidate: whether they cover it, say something else, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hidden_needs.candidates import Candidate
from hidden_needs.tags import narrows
from ops0.core.facts import CallFact, Facts, ImportFact, Uses
from ops0.core.pipeline import Where
from ops0.core.requirements.rule_matching import hold_against
from ops0.core.requirements.rule_set import RuleSet

Verdict = Literal["covered", "loose", "wider", "other", "new"]
_WHERE = Where("p.py", 1)
_ANOTHER = "anything else"


def verdict(candidate: Candidate, rules: RuleSet) -> tuple[Verdict, tuple[str, ...]]:
    """How the rules see the call that a candidate means, and what they say that it needs.

    covered: they name the distribution by one of its names;    other: they name only others;    new: they are silent
    wider:   they name it also where the library does not ask for it, or asks under a test that they do not know
    loose:   they take any version, though the library says that the newest may not do
    """
    best: Mapping[str, str] = {}
    for name in candidate.names:
        said = _said(candidate, name, rules)
        if candidate.need in said:
            if _is_wider(candidate, name, rules):
                return "wider", tuple(said)
            loose = narrows(candidate.bounds) and not narrows(said[candidate.need])
            return ("loose" if loose else "covered"), tuple(said)
        best = best or said
    return ("other", tuple(best)) if best else ("new", ())


def _is_wider(candidate: Candidate, name: str, rules: RuleSet) -> bool:
    """Whether they name it whatever the arguments are that decide."""
    if not candidate.when:
        return not candidate.sure
    others = [_ANOTHER if one.texts != ("True",) else "False" for one in candidate.when]
    named = zip((one.argument for one in candidate.when), others, strict=True)
    if candidate.need in _said(candidate, name, rules, tuple(named)):
        return True
    return not candidate.default and candidate.need in _said(candidate, name, rules, ())


def _said(
    candidate: Candidate,
    name: str,
    rules: RuleSet,
    literals: tuple[tuple[str, str], ...] | None = None,
) -> Mapping[str, str]:
    """What they say that a call needs, with the versions; literals: its arguments, if not those that decide."""
    if literals is None:
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
    asked = (Requirement(hit.requirement) for hit in hits if hit.kind == "distribution")
    return {canonicalize_name(one.name): str(one.specifier) for one in asked}
