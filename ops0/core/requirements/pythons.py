"""Whether steps run on a Python that the project says it is for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ops0.core.pipeline import Warn
from ops0.core.requirements.declarations import Declaration

_MICROS = range(100)


def python_warnings(pythons: Iterable[Declaration], python: str) -> Iterator[Warn]:
    """One for each ``requires-python`` that no release of this Python fits.

    python: major and minor, ``3.11``
    """
    for one in pythons:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - costs a start 25 ms

        try:
            wanted = SpecifierSet(one.text)
        except InvalidSpecifier:
            continue  # not ops0's to judge: it is asked of nobody
        if not any(wanted.contains(f"{python}.{micro}") for micro in _MICROS):
            text = f"the project is for Python {one.text!r}, and steps run on Python {python}"
            hint = "say which one they are to have: `python` in the settings, or @ops0.image(python=...)"
            yield Warn(where=one.where, text=text, hint=hint)
