"""What a step needs beside distributions, once these are known: Debian packages, and to run code of its own making."""

from __future__ import annotations

from collections.abc import Iterable

from ops0.core.pipeline import Reason, SystemNeed
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.declared import check_debian_name
from ops0.core.requirements.errors import BadRequirement
from ops0.core.requirements.gathering import Gathering
from ops0.core.requirements.names import extras_of

__all__ = ["native_code", "system_needs"]


def system_needs(
    gathering: Gathering, step: Iterable[Declaration], settings: Iterable[Declaration]
) -> tuple[SystemNeed, ...]:
    """Debian packages: declared ones, those of programs, and those without which a needed wheel does not import.

    What is no name of one is added to the faults.
    """
    reasons = {name: set(why) for name, why in gathering.packages.items()}
    for declaration in (*step, *settings):
        try:
            name = check_debian_name(declaration)
        except BadRequirement as fault:
            gathering.faults.append(fault)
            continue
        reasons.setdefault(name, set()).add(Reason(declaration.where, f"declared: {name}"))
    tables = gathering.lookup.context.tables
    for distribution, draft in gathering.drafts.items():
        if _is_bundled(gathering, distribution):
            continue
        for name in tables.system.get(distribution, ()):
            where = min(draft.reasons).where
            reasons.setdefault(name, set()).add(Reason(where, f"{distribution} needs {name}"))
    return tuple(
        SystemNeed(name=name, reasons=tuple(sorted(why))) for name, why in sorted(reasons.items())
    )


def native_code(gathering: Gathering) -> tuple[Reason, ...]:
    """Why what the step unpacks or compiles itself must run: rules say so, or the distributions that do that."""
    told = gathering.lookup.context.tables.native_code
    found = (
        Reason(min(draft.reasons).where, f"{name}: {told[name]}")
        for name, draft in gathering.drafts.items()
        if name in told
    )
    return tuple(sorted({*gathering.native, *found}))


def _is_bundled(gathering: Gathering, distribution: str) -> bool:
    """Whether something that is needed brings what the distribution would need Debian's packages for."""
    draft = gathering.drafts[distribution]
    extras = {one for text in draft.requirements for one in extras_of(text)}
    held = gathering.drafts.keys() | {f"{distribution}[{one}]" for one in extras}
    bundled = gathering.lookup.context.tables.bundled
    return not held.isdisjoint(bundled.get(distribution, ()))
