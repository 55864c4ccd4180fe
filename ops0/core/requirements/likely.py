"""What a name that nobody provides may have meant: the names closest to it, looked for once a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ops0.core.near import nearest
from ops0.core.requirements.installed import Installed
from ops0.core.requirements.tables import Tables

__all__ = ["Likely"]

_CLOSE = 0.78


@dataclass(frozen=True, eq=False, slots=True)
class Likely:
    """Names of modules and distributions that are known, to the distributions. Many functions miss the same import."""

    tables: Tables
    installed: Installed
    _pools: dict[frozenset[str], Mapping[str, str]] = field(default_factory=dict)
    _found: dict[tuple[str, frozenset[str]], tuple[str, ...]] = field(default_factory=dict)

    def meant(self, dotted: str, declared: Iterable[str]) -> tuple[str, ...]:
        """Up to three distributions, the closest first. ``declared``: those that a step or its project asks for."""
        key = dotted, frozenset(declared)
        if key not in self._found:
            self._found[key] = self._below(dotted) or self._close(*key)
        return self._found[key]

    def _below(self, dotted: str) -> tuple[str, ...]:
        """Those that provide something in a namespace of that name."""
        imports = self.tables.imports.items()
        return tuple(
            sorted({name for prefix, name in imports if prefix.startswith(f"{dotted}.")})[:3]
        )

    def _close(self, dotted: str, declared: frozenset[str]) -> tuple[str, ...]:
        """Those whose names, or modules, are closest to a module's, or to its first part."""
        if declared not in self._pools:
            self._pools[declared] = self._pool(declared)
        pool, wanted = self._pools[declared], dotted.lower()
        close = nearest(wanted, pool, 3, _CLOSE)
        close += nearest(wanted.partition(".")[0], pool, 3, _CLOSE)
        offered = self.tables.pipreqs.get(dotted.partition(".")[0], ())
        return tuple(dict.fromkeys([*(pool[name] for name in close), *offered]))[:3]

    def _pool(self, declared: frozenset[str]) -> Mapping[str, str]:
        pool = {**{name: name for name in self.tables.imports.values()}, **self.tables.imports}
        for one in self.installed.distributions:
            pool.update(dict.fromkeys(one.provides, one.name))
        pool.update({name: name for name in sorted(declared)})
        return {name.lower(): distribution for name, distribution in pool.items()}
