"""How a lock is made, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Upgrade: TypeAlias = Literal["none", "all"] | frozenset[str]
"""What may move to newer versions: nothing that need not, everything, or these distributions (any spelling)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockSettings:
    """How a lock is made.

    upgrade:   see Upgrade
    installed: name -> version of what the user has: kept where the requirements allow
    moved:     origins of indexes; what is locked from there is upgraded, and may come from another one
    builds:    whether source archives may be built, which runs their code on this machine
    """

    upgrade: Upgrade = "none"
    installed: Mapping[str, str] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()
    builds: bool = True
