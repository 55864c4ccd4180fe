"""Versions as conda writes them, in the words of PEP 440. Pure.

source: https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html#package-match-specifications
"""

from __future__ import annotations

import re

_VERSION = r"[0-9A-Za-z.+!_]+(?:\.?\*)?"
_BUILD = re.compile(rf"(?:==?\s*|\s+)({_VERSION})(?:\s*=\s*|\s+)[^\s=,|<>]+")
_BRACKETS = re.compile(r"""version\s*=\s*(?:'([^']*)'|"([^"]*)"|([^,'"\]]+))""")
_PART = re.compile(rf"(~=|>=|<=|!=|==|=|>|<)?\s*({_VERSION}|\*)")
_LONGEST = 200
"""Letters of a version that is read."""
_EXACT = re.compile(r"==[^*,]+")


def pep440(said: str, *, longer: bool = False) -> str | None:
    """Specifiers of PEP 440 for what stands behind a name; '' for any version, None for what they cannot say.

    longer: an exact version stands for all that begin with it

    >>> pep440("=1.2"), pep440("==1.2"), pep440("=1.2=py311_0"), pep440(" 1.2.*"), pep440(">=1,<2")
    ('==1.2.*', '==1.2', '==1.2', '==1.2.*', '>=1,<2')
    >>> pep440("[version='>=1.2', build=cuda*]"), pep440("=1.2|=1.3"), pep440("==4.8.1", longer=True)
    ('>=1.2', None, '==4.8.1.*')
    """
    text = said.strip()
    if len(text) > _LONGEST:
        return None
    if text.startswith("["):
        found = _BRACKETS.search(text)
        text = next((one for one in found.groups() if one), "") if found else ""
        parts = [_part(one) for one in text.split(",")] if text else []
    else:
        text = text.partition("[")[0].rstrip()
        build = _BUILD.fullmatch(f" {text}" if text[:1].isalnum() else text)
        parts = [_part(f"=={build[1]}")] if build else [_part(one) for one in text.split(",")]
        parts = parts if text else []
    if None in parts:
        return None
    joined = ",".join(one for one in parts if one)
    if longer and _EXACT.fullmatch(joined):
        joined += ".*"
    return joined if _is_specifier(joined) else None


def _part(text: str) -> str | None:
    """One condition. A single ``=`` and a star at the end mean all versions that begin so."""
    found = _PART.fullmatch(text.strip())
    if found is None:
        return None
    operator, version = found[1] or "==", found[2]
    if version == "*":
        return ""
    begins = version.endswith("*") or operator == "="
    version = version.removesuffix("*").removesuffix(".")
    if operator in ("=", "==", "!="):
        return f"{'!=' if operator == '!=' else '=='}{version}{'.*' if begins else ''}"
    return f"{operator}{version}"


def _is_specifier(text: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - costs a start 25 ms

    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True
