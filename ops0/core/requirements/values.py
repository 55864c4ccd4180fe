"""The values that go into and come out of naming distributions: frozen, printable, comparable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops0.core.locked import Target
from ops0.core.pipeline import Need, Reason, SystemNeed, Warn
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.installed import Installed
from ops0.core.requirements.likely import Likely
from ops0.core.requirements.local import LocalDistribution
from ops0.core.requirements.rule_set import RuleSet
from ops0.core.requirements.rules import Rule
from ops0.core.requirements.tables import Tables

if TYPE_CHECKING:
    from ops0.core.requirements.lookup import Lookup


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """All that naming distributions depends on, besides the facts of a step.

    requires: every step needs these (settings: ``requires``);  apt: likewise, Debian packages
    project:  the project's own requirements: a need only where a step uses them
    notebook: what the pipeline's own notebook installs: likewise, and an import that nobody knows may come from it
    packages: Debian packages of the project's environment: a need only where a step looks for a program of theirs
    imports:  the user's table (settings: ``imports``), import prefix -> requirement
    plugged:  import prefix -> requirement, by the integrations that are installed: they come after our table
    rules:    the user's rules and those of integrations, tried together with ours
    local:    the distributions in folders and files that the project declares
    root:     the project's root, absolute: paths are told from there
    rule_set: both, made ready for matching;   likely: see Likely;   lookups: by what steps declare
    """

    target: Target
    tables: Tables
    installed: Installed = field(default_factory=Installed)
    requires: tuple[Declaration, ...] = ()
    apt: tuple[Declaration, ...] = ()
    project: tuple[Declaration, ...] = ()
    notebook: tuple[Declaration, ...] = ()
    packages: tuple[Declaration, ...] = ()
    imports: Mapping[str, Declaration] = field(default_factory=dict)
    plugged: Mapping[str, Declaration] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    local: tuple[LocalDistribution, ...] = ()
    root: str = ""
    rule_set: RuleSet = field(init=False, repr=False, compare=False)
    likely: Likely = field(init=False, repr=False, compare=False)
    lookups: dict[tuple[Declaration, ...], Lookup] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "likely", Likely(self.tables, self.installed))
        object.__setattr__(self, "lookups", {})
        object.__setattr__(self, "rule_set", RuleSet(self.tables.rules + self.rules))


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """What one step needs. ``needs`` and ``system`` are sorted by name, ``warnings`` by place.

    native_code: why it runs what it unpacks or compiles itself; () where nothing says so
    """

    needs: tuple[Need, ...] = ()
    system: tuple[SystemNeed, ...] = ()
    native_code: tuple[Reason, ...] = ()
    warnings: tuple[Warn, ...] = ()
