"""Distribution names as indexes compare them. Apart from ``packaging``, which costs a start 25 ms."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[-_.]+")
_NORMAL = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_START = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)


def canonicalize_name(name: str) -> str:
    """A name in its one normal form, as PEP 503 has it.

    >>> canonicalize_name("Zope.Interface__x")
    'zope-interface-x'
    """
    return _SEPARATORS.sub("-", name).lower()


def is_bare(requirement: str) -> bool:
    """Whether a requirement is a name in its normal form and nothing else.

    >>> is_bare("scikit-learn"), is_bare("Pandas"), is_bare("pandas>=2")
    (True, False, False)
    """
    return _NORMAL.fullmatch(requirement) is not None


def name_of(requirement: str) -> str:
    """The normal name with which a requirement of PEP 508 starts.

    >>> name_of("Django[bcrypt]>=5")
    'django'
    """
    found = _START.match(requirement.lstrip())
    return canonicalize_name(found[0]) if found else ""


def extras_of(requirement: str) -> tuple[str, ...]:
    """The extras of a requirement of PEP 508, in their normal form.

    >>> extras_of("psycopg[Binary, pool]>=3"), extras_of("psycopg>=3")
    (('binary', 'pool'), ())
    """
    start, opened, rest = requirement.partition("[")
    if not opened or not _START.fullmatch(start.strip()):
        return ()
    names = (one.strip() for one in rest.partition("]")[0].split(","))
    return tuple(canonicalize_name(one) for one in names if one)
