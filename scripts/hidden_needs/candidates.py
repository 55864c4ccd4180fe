"""Candidates for rules: public names of a library with the distributions that they need, and what decides."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name

from hidden_needs.asks import Ask
from hidden_needs.climbing import Climbing
from hidden_needs.scopes import Scopes
from hidden_needs.tags import narrows
from hidden_needs.tests_around import When

_ASKS = re.compile(
    r"(is|has|have|check|import|require)s?_\w*(available|installed|import|deps?|dependenc(y|ies))?$"
)
"""Functions of which the answer is whether something is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One public name, one distribution.

    names:    dotted, the shortest first; of a module ``lib.module.*``
    method:   its last part is called on an instance
    when:     arguments that decide;    default: they are so where nothing is given
    sure:     False: under some other test, which a person has to read
    sources:  files with their lines, where it is asked for
    bounds:   the versions that the library says it takes: where it asks, or else of an extra
    """

    names: tuple[str, ...]
    need: str
    method: bool = False
    when: tuple[When, ...] = ()
    default: bool = False
    sure: bool = True
    sources: tuple[str, ...] = ()
    bounds: str = ""


def find_candidates(
    scopes: Scopes, brought: Collection[str], imports: Mapping[str, str]
) -> Iterator[Candidate]:
    """Everything that the library's public names need and its distribution does not bring.

    imports: import prefix -> distribution
    """
    for one in _find(scopes, brought, imports):
        yield replace(one, bounds=one.bounds or scopes.library.bounds.get(one.need, ""))


def _find(
    scopes: Scopes, brought: Collection[str], imports: Mapping[str, str]
) -> Iterator[Candidate]:
    climbing = Climbing(scopes=scopes)
    own = {*brought, scopes.library.name}
    known = {*scopes.library.extras, *map(canonicalize_name, imports.values())}
    loading: dict[str, frozenset[str]] = {}
    for name in sorted(scopes.library.modules):
        asked = _grouped(climbing.needs(name), own, imports, known)
        loading[name] = frozenset(need for need, asks in asked.items() if any(a.sure for a in asks))
        if not _is_private(name):
            around = loading.get(name.rpartition(".")[0], frozenset())
            for need in sorted(loading[name] - around):
                yield _candidate((f"{name}.*",), need, [a for a in asked[need] if a.sure])
    public = public_names(scopes)
    for name in sorted(one for one in public if not _ASKS.match(one.rpartition(".")[2])):
        module, node = scopes.defined[name]
        late = tuple(one for one in public[name] if not one.startswith(f"{module.name}."))
        for need in sorted(loading[module.name]) if late else ():
            quick = tuple(one for one in late if not _loads(one, need, loading))
            if quick and not _is_method(scopes, name):
                yield _candidate(quick, need, [])
        for need, asks in sorted(_grouped(climbing.needs(name), own, imports, known).items()):
            if need not in loading[module.name] and not _is_made_with(
                climbing, name, need, imports
            ):
                method = not isinstance(node, ast.ClassDef) and _is_method(scopes, name)
                yield _candidate(public[name], need, asks, climbing.defaults(name), method=method)


def _loads(name: str, need: str, loading: Mapping[str, Collection[str]]) -> bool:
    """Whether importing what stands around a name needs the distribution already: another candidate says so."""
    parts = name.split(".")
    return any(need in loading.get(".".join(parts[:length]), ()) for length in range(1, len(parts)))


def _is_made_with(climbing: Climbing, name: str, need: str, imports: Mapping[str, str]) -> bool:
    """Whether it is a method of a class that cannot be made without the distribution."""
    owner = name.rpartition(".")[0]
    if owner not in climbing.scopes.defined:
        return False
    made = (one for one in climbing.needs(owner) if one.sure and not one.when)
    return name.rpartition(".")[2].startswith("_") or any(
        distribution_of(one.module, imports) == need for one in made
    )


def _grouped(
    asks: tuple[Ask, ...], own: Collection[str], imports: Mapping[str, str], known: Collection[str]
) -> Mapping[str, list[Ask]]:
    found: dict[str, list[Ask]] = defaultdict(list)
    for ask in asks:
        need = distribution_of(ask.module, imports)
        brought = need in own and not narrows(ask.bounds)
        if not brought and not (ask.named and need not in known):
            found[need].append(ask)
    return found


def distribution_of(module: str, imports: Mapping[str, str]) -> str:
    """The distribution that provides a module, by the longest prefix that is known.

    >>> distribution_of("google.cloud.storage.blob", {"google.cloud.storage": "google-cloud-storage"})
    'google-cloud-storage'
    """
    prefix = module
    while prefix:
        if prefix in imports:
            return canonicalize_name(imports[prefix])
        prefix = prefix.rpartition(".")[0]
    return canonicalize_name(module.partition(".")[0])


def _candidate(
    names: tuple[str, ...],
    need: str,
    asks: list[Ask],
    defaults: Mapping[str, ast.expr] | None = None,
    *,
    method: bool = False,
) -> Candidate:
    """The clearest of several ways to the same need: always, then by an argument, then under some test."""
    best = sorted(asks, key=lambda one: (not one.sure, len(one.when)))
    first = best[0] if best else None
    when = first.when if first else ()
    alike = [one for one in best if first and (one.sure, one.when) == (first.sure, first.when)]
    values = {
        name: str(one.value)
        for name, one in (defaults or {}).items()
        if isinstance(one, ast.Constant)
    }
    return Candidate(
        names=names,
        need=need,
        method=method,
        when=when,
        default=bool(when) and all(values.get(one.argument) in one.texts for one in when),
        sure=first.sure if first else True,
        sources=tuple(dict.fromkeys(one.where for one in alike))[:3],
        bounds=next((one.bounds for one in alike if one.bounds), ""),
    )


def public_names(scopes: Scopes) -> Mapping[str, tuple[str, ...]]:
    """The names by which a user may have each definition, shortest first; definitions without one are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in scopes.defined:
        found[name].add(name)
    for alias in scopes.aliases:
        target = scopes.resolve(alias)
        if target in scopes.defined:
            found[target].add(alias)
    tops: dict[str, list[str]] = defaultdict(list)
    for name in (*scopes.defined, *scopes.aliases):
        tops[name.rpartition(".")[0]].append(name)
    for module in scopes.stars:
        for name in _starred(scopes, module, tops, set()):
            target = scopes.resolve(name)
            if target in scopes.defined:
                found[target].add(f"{module}.{name.rpartition('.')[2]}")
    for name in list(found):
        owner, _, last = name.rpartition(".")
        if owner in scopes.defined:
            found[name] |= {f"{one}.{last}" for one in found[owner]}
    public = {
        name: tuple(
            sorted(
                (one for one in every if not _is_private(one)),
                key=lambda one: (one.count("."), one),
            )
        )
        for name, every in found.items()
    }
    return {name: every for name, every in public.items() if every}


def _starred(
    scopes: Scopes, module: str, tops: Mapping[str, list[str]], seen: set[str]
) -> Iterator[str]:
    for star in scopes.stars.get(module, ()):
        if star not in seen:
            seen.add(star)
            yield from tops.get(star, ())
            yield from _starred(scopes, star, tops, seen)


def _is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))


def _is_method(scopes: Scopes, name: str) -> bool:
    return name.rpartition(".")[0] in scopes.defined
