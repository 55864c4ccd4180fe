"""One step's facts and declarations in, its needs out. Faults are gathered and raised together."""

from __future__ import annotations

from collections.abc import Sequence

from ops0.core.errors import Ops0Error, raise_together
from ops0.core.facts import Facts
from ops0.core.requirements.declarations import StepDeclared
from ops0.core.requirements.declared import joined_declarations
from ops0.core.requirements.gathering import Gathering
from ops0.core.requirements.lookup import Lookup
from ops0.core.requirements.programs import Started, started_by
from ops0.core.requirements.rule_matching import Hit, hold_against
from ops0.core.requirements.shadowing import shadowing_warnings
from ops0.core.requirements.system import native_code, system_needs
from ops0.core.requirements.values import Context, Resolved


def resolve_needs(step: str, facts: Facts, declared: StepDeclared, context: Context) -> Resolved:
    """Name what one step needs.

    step:   the step's name, for messages
    raises: UnknownImport, AbsentModule, AmbiguousImport, LocalInstallation, BadRequirement, ConflictingRequirements,
            and the faults among the facts; several together as an ErrorGroup
    """
    resolved, faults = known_needs(step, facts, declared, context)
    raise_together(faults)
    return resolved


def known_needs(
    step: str, facts: Facts, declared: StepDeclared, context: Context
) -> tuple[Resolved, Sequence[Ops0Error]]:
    """The same where something may be wrong: the needs that are known, and what is wrong with the others."""
    lookup, faults = _lookup(declared, context)
    known = lookup.declared
    gathering = Gathering(step, lookup, faults=[*facts.faults, *faults])
    for fact in facts.imports:
        if not gathering.lookup.spared(fact):
            gathering.add_import(fact)
    for kind in facts.types:
        gathering.add_type(kind)
    ruled = hold_against(context.rule_set, facts)
    for hit in ruled.hits:
        gathering.add_rule(hit)
    started = _started(facts, declared, context)
    for requirement, reason in started.needs:
        gathering.add_rule(Hit(requirement, reason))
    for package, reason in started.packages:
        gathering.packages.setdefault(package, set()).add(reason)
    for one in known.values():
        gathering.add_declared(one)
    gathering.settle_unknown()
    gathering.settle_optional()
    system = system_needs(gathering, declared.apt, context.apt)
    warnings = {
        *gathering.warnings,
        *ruled.warnings,
        *started.warnings,
        *shadowing_warnings(facts, context.installed, known),
    }
    resolved = Resolved(
        needs=gathering.needs(),
        system=system,
        native_code=native_code(gathering),
        warnings=tuple(sorted(warnings, key=lambda warn: (warn.where, warn.text))),
    )
    return resolved, gathering.faults


def _lookup(declared: StepDeclared, context: Context) -> tuple[Lookup, tuple[Ops0Error, ...]]:
    """Where names are looked up: one for all steps that declare the same, for most of them import the same."""
    if declared.requires in context.lookups:
        return context.lookups[declared.requires], ()
    known, faults = joined_declarations(declared, context)
    made = Lookup(context, known)
    if not faults:
        context.lookups[declared.requires] = made
    return made, faults


def _started(facts: Facts, declared: StepDeclared, context: Context) -> Started:
    """What the programs bring that the step starts."""
    packaged = bool(declared.apt or context.apt)
    had = frozenset(one.text for one in context.packages)
    programs, installed = context.tables.programs, context.installed
    return started_by(facts.commands, programs, installed, declared=packaged, had=had)
