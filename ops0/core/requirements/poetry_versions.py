"""Versions as poetry writes them, ``^1.2`` and the like, in the words of PEP 440 and 508. Pure.

source: https://python-poetry.org/docs/dependency-specification/
Not poetry-core: to import it would cost every command of a project of poetry more than all else that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PART = re.compile(r"(\^|~=|~|>=|<=|!=|===|==|=|>|<)?\s*([0-9A-Za-z.*+!_-]+)\s*,?\s*")
_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_RANGE = re.compile(r">=(?P<low>[^,]+),<(?P<high>[^,]+)")

_LONGEST = 200
"""Letters of a version that is read."""


class UnreadVersion(ValueError):
    """A text that is no version of poetry's."""


def pep440(text: str) -> str | None:
    """Specifiers of PEP 440; None for what they cannot say: several ranges with a gap between them.

    raises: UnreadVersion

    >>> pep440("^1.2.3"), pep440("~1.2"), pep440("1.*"), pep440("2.0"), pep440("*"), pep440("^1.24 || ^2.0")
    ('>=1.2.3,<2.0.0', '>=1.2,<1.3', '==1.*', '==2.0', '', '>=1.24,<3.0')
    >>> pep440("^1.0 || ^3.0") is None
    True
    """
    every = [",".join(_all_of(one)) for one in re.split(r"\|\|?", text)]
    return every[0] if len(every) == 1 else _joined(every)


def python_marker(text: str) -> str:
    """The marker that a range of Pythons is, '' for any.

    raises: UnreadVersion

    >>> python_marker(">=3.9,<3.11")
    'python_version >= "3.9" and python_version < "3.11"'
    """
    every = [" and ".join(map(_python, _all_of(one))) for one in re.split(r"\|\|?", text)]
    if not all(every):
        return ""
    return every[0] if len(every) == 1 else " or ".join(f"({one})" for one in every)


def _all_of(text: str) -> list[str]:
    """Each part as one specifier of PEP 440."""
    rest = text.strip()
    found: list[str] = []
    if not rest or len(rest) > _LONGEST:
        raise UnreadVersion(text[:_LONGEST])
    while rest:
        part = _PART.match(rest)
        if part is None:
            raise UnreadVersion(text)
        found += _one(part[1] or "", part[2])
        rest = rest[part.end() :]
    _check(found, text)
    return found


def _check(specifiers: list[str], text: str) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - costs a start 25 ms

    try:
        SpecifierSet(",".join(specifiers))
    except InvalidSpecifier:
        raise UnreadVersion(text) from None


def _one(operator: str, version: str) -> Iterator[str]:
    if version == "*":
        if operator not in ("", "=", "==", ">="):
            raise UnreadVersion(f"{operator}{version}")
        return
    if operator in ("^", "~"):
        yield f">={version}"
        yield f"<{_above(operator, version)}"
    else:
        yield f"{'==' if operator in ('', '=') else operator}{version}"


def _above(operator: str, version: str) -> str:
    """The first version that ``^`` or ``~`` no longer allows: as long as the version itself."""
    release = _RELEASE.match(version)
    if release is None:
        raise UnreadVersion(f"{operator}{version}")
    parts = release[0].split(".")
    if operator == "~":
        at = min(1, len(parts) - 1)
    else:
        at = next((at for at, part in enumerate(parts) if int(part)), len(parts) - 1)
    raised = [*parts[:at], str(int(parts[at]) + 1)]
    return ".".join(raised + ["0"] * (len(parts) - len(raised) if operator == "^" else 0))


def _joined(every: list[str]) -> str | None:
    """One range for several that touch each other, or lie in each other."""
    from packaging.version import Version  # noqa: PLC0415 - costs a start 25 ms

    if "" in every:
        return ""
    ranges = [_RANGE.fullmatch(_as_range(one)) for one in every]
    found = [(one["low"], one["high"]) for one in ranges if one is not None]
    if len(found) < len(every):
        return None
    found.sort(key=lambda pair: Version(pair[0]))
    low, high = found[0]
    for next_low, next_high in found[1:]:
        if Version(next_low) > Version(high):
            return None
        high = max(high, next_high, key=Version)
    return f">={low},<{high}"


def _as_range(specifiers: str) -> str:
    """``==1.2.*`` as a range."""
    wild = re.fullmatch(r"==([0-9]+(?:\.[0-9]+)*)\.\*", specifiers)
    if wild is None:
        return specifiers
    *before, last = wild[1].split(".")
    return f">={wild[1]},<{'.'.join([*before, str(int(last) + 1)])}"


def _python(specifier: str) -> str:
    """One specifier of Pythons as a marker. ``python_version`` has two parts, so it serves only what two parts say."""
    found = re.fullmatch(r"(===|==|!=|>=|<=|~=|>|<)(.+?)(\.\*)?", specifier)
    if found is None:
        raise UnreadVersion(specifier)
    operator, version, wild = found.groups()
    parts = version.split(".")
    if version.isdecimal() and wild and operator == "==":
        return f'python_version >= "{version}" and python_version < "{int(version) + 1}"'
    if len(parts) <= 2 and (wild or operator in (">=", "<")):
        return f'python_version {operator} "{version}"'
    if operator == "~=":
        return f'python_version ~= "{version}"'
    padded = ".".join([*parts, "0", "0"][:3]) + (wild or "")
    return f'python_full_version {operator} "{padded}"'
