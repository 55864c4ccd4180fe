"""What several requirements of one distribution ask together, and whether nothing can be all of it. Pure.

``packaging`` is imported where requirements are joined: it costs a start 25 ms, and most needs are bare names.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from ops0.core.requirements.file_addresses import same_file
from ops0.core.requirements.places import is_git
from ops0.core.requirements.repositories import BadRepository, Repository, read_repository
from ops0.core.requirements.repository_refs import short_ref

if TYPE_CHECKING:
    from packaging.requirements import Requirement

__all__ = ["exclude_each_other", "is_pin", "joined", "one_address", "same_ref", "still_locked"]


def exclude_each_other(asked: Sequence[Requirement], locked: Sequence[Requirement] = ()) -> bool:
    """Whether no address, or none of the versions that are pinned, is what all ask for. Two ranges uv judges.

    locked: what the project's own lock has, whose versions exclude nothing: see ``still_locked``
    """
    addresses = [one.url for one in (*asked, *locked) if one.url]
    if addresses and (_pins((*asked, *locked)) or one_address(addresses) is None):
        return True
    pins = _pins(asked)
    return bool(pins) and not any(_all_take(pin, asked) for pin in pins)


def still_locked(
    asked: Sequence[Requirement], locked: Sequence[Requirement]
) -> tuple[Requirement, ...]:
    """What a project's own lock has, without the versions that are not what is asked for now.

    Such a lock is stale, which matters to who makes ops0's lock of it, and is told there: processes need no version.
    """
    return tuple(
        one
        for one in locked
        if one.url or all(_all_take(part.version, asked) for part in one.specifier)
    )


def joined(requirements: Sequence[Requirement]) -> Requirement:
    """One requirement, without a marker, that asks for all that several ask, which do not exclude each other."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    whole = Requirement(requirements[0].name)
    whole.extras = set().union(*(one.extras for one in requirements))
    addresses = [one.url for one in requirements if one.url]
    whole.url = (one_address(addresses) or addresses[0]) if addresses else None
    if whole.url is None:
        for one in requirements:
            whole.specifier = SpecifierSet(str(whole.specifier)) & one.specifier
    return whole


def one_address(addresses: Sequence[str]) -> str | None:
    """The one that several addresses of one distribution mean: the first that says most. None where they differ.

    >>> one_address(["git+https://x/a@v1", "git+https://x/a.git@refs/tags/v1"])
    'git+https://x/a.git@refs/tags/v1'
    >>> one_address(["https://x/a.zip", "https://x/a.zip#sha256=0f"])
    'https://x/a.zip#sha256=0f'
    >>> one_address(["git+https://x/a@refs/heads/v1", "git+https://x/a@refs/tags/v1"])
    """
    if len(set(addresses)) == 1:
        return addresses[0]
    if all(same_file(*pair) for pair in combinations(addresses, 2)):
        return max(addresses, key=len)  # with its hash, where one of them has it
    read = [_repository(one) for one in addresses]
    found = [one for one in read if one is not None]
    if len(found) < len(read):
        return None
    fullest = max(found, key=lambda one: one.ref.startswith("refs/"))
    same = all(one.names == fullest.names and same_ref(fullest.ref, one.ref) for one in found)
    return addresses[found.index(fullest)] if same else None


def same_ref(one: str, other: str) -> bool:
    """Whether two words for a branch or tag may mean the same: some do not say which of the two it is.

    >>> same_ref("refs/tags/v1", "v1"), same_ref("refs/tags/v1", "refs/heads/v1")
    (True, False)
    """
    if one == other:
        return True
    whole = one.startswith("refs/") and other.startswith("refs/")
    return not whole and short_ref(one) == short_ref(other)


def is_pin(specifier: str) -> bool:
    """Whether one specifier names one version: ``==2.0``, not ``==2.*``."""
    return specifier.startswith("==") and not specifier.endswith(".*")


def _pins(requirements: Iterable[Requirement]) -> set[str]:
    return {part.version for one in requirements for part in one.specifier if is_pin(str(part))}


def _all_take(version: str, asked: Iterable[Requirement]) -> bool:
    from packaging.version import InvalidVersion

    try:
        return all(one.specifier.contains(version, prereleases=True) for one in asked)
    except InvalidVersion:
        return True  # one of another order than PEP 440's, by ===


def _repository(address: str) -> Repository | None:
    try:
        return read_repository(address) if is_git(address) else None
    except BadRepository:
        return None
