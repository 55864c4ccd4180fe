"""Lines of requirements as pip and setuptools read them: without comments, and whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["logical_lines"]

_COMMENT = re.compile(r"(^|\s)#.*$")


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    r"""The lines of a requirements file that say something, with the number of their first physical line.

    Comments go, and a line that ends in a backslash is joined to the next one.

    >>> list(logical_lines("# top\npandas \\\n  >=2\n"))
    [(2, 'pandas >=2')]
    """
    first, parts = 0, ""
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        first = first if parts else number
        bare = _COMMENT.sub("", line.rstrip("\r"))
        if bare.endswith("\\"):
            parts += bare[:-1].strip() + " "
            continue
        whole = (parts + bare.strip()).strip()
        parts = ""
        if whole:
            yield first, whole
