"""Requirements by place alone, ``-e ../libs/acme``, with the name that the place states, or is called by."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ops0.core.pipeline import Warn, Where
from ops0.core.requirements import places
from ops0.core.requirements.file_addresses import is_file_address, named_by_file
from ops0.core.requirements.local import LocalDistribution, NoDistribution, Places
from ops0.core.requirements.names import canonicalize_name

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_PARTS = re.compile(r"(?P<path>.*?)(?P<extras>\[[^\]/]*\])?(?P<marker>\s+;.*)?")
_OWN = "the project's own modules are in its images anyway"


def named_place(text: str, where: Where, beside: Places) -> tuple[str | None, Warn | None]:
    """The requirement with a name that a line without one stands for, if any; and what to tell of it."""
    named = places.named_by_egg(text)
    if named is not None:
        return named, None
    if places.is_git(text) or is_file_address(text):
        return _repository(text, where) if places.is_git(text) else _file_elsewhere(text, where)
    parts = _PARTS.fullmatch(text)
    assert parts is not None  # noqa: S101 - it matches any text
    path = _path(text, parts["path"], beside.root)
    if path is None or "$" in path:
        return _unused(where, "an address without a name", places.HINT)
    if path == ".":
        return None, Warn(where=where, text="the project itself is not used", hint=_OWN)
    try:
        name = beside.at(path).name
    except NoDistribution as fault:
        return _unused(where, f"{path} {fault.fact}, and", fault.hint)
    return f"{name}{parts['extras'] or ''} @ {places.file_url(path)}{parts['marker'] or ''}", None


def _repository(text: str, where: Where) -> tuple[str | None, Warn | None]:
    """A repository has its own name until it is built: else a stranger's of an index might be taken."""
    named = places.named_by_path(text)
    if named is None:
        return _unused(where, "an address without a name", places.NAMED_GIT)
    name = named.partition(" @ ")[0]
    fact = f"an address without a name is taken to be {name}'s, after its repository"
    return named, Warn(where=where, text=fact, hint=places.NAMED_GIT)


def _file_elsewhere(text: str, where: Where) -> tuple[str | None, Warn | None]:
    """A wheel has its name in that of its file; a source archive may be called otherwise once it is built."""
    named = named_by_file(text)
    if named is None:
        return _unused(where, "an address without a name", places.NAMED_FILE)
    name, _, address = named.partition(" @ ")
    if re.split(r"[?# ]", address, maxsplit=1)[0].endswith(".whl"):
        return named, None
    fact = f"an address without a name is taken to be {name}'s, after its file"
    return named, Warn(where=where, text=fact, hint=places.NAMED_FILE)


def _unused(where: Where, what: str, hint: str) -> tuple[None, Warn]:
    return None, Warn(where=where, text=f"{what} is not used", hint=hint)


def local_of(requirement: Requirement, beside: Places) -> LocalDistribution | None:
    """What is known of the folder or file that a requirement names; None where it names none.

    It may be missing here, and its wheel there: then nothing is known of it but its name.
    """
    places.settle(requirement, beside.root)
    path = places.local_path(requirement.url or "")
    if path is None:
        return None
    name = canonicalize_name(requirement.name)
    try:
        return replace(beside.at(path), name=name)
    except NoDistribution:
        return LocalDistribution(name=name, path=path)


def _path(text: str, path: str, root: str) -> str | None:
    """From the root; None for an address that is none of this machine's."""
    if text.startswith("file:"):
        found = places.local_path(path)
        return None if found is None else places.from_root(found, root)
    return None if "://" in text else places.from_root(path, root)
