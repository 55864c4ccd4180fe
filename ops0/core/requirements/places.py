"""Requirements that name a place, as a repository, an address or a file, where a distribution's name is wanted.

A lock names no places: which machine has which file is a setting of its own, and a repository gives no hash.
"""

from __future__ import annotations

import re

_PLACE = re.compile(r"^([a-z+]+://|\.{0,2}/|.*\$\{)|\.(whl|zip|tar\.gz)$")
HINT = (
    "make a wheel of it, `pip wheel --no-deps --wheel-dir wheels PLACE`; name that folder in pip's or uv's find-links, "
    "and write the distribution's name here"
)


def is_place(text: str) -> bool:
    """Whether a line that pip reads is a place without a name.

    >>> [is_place(one) for one in ("git+https://x/a.git", "./a", "a-1.0-py3-none-any.whl", "a", "a @ https://x/a.whl")]
    [True, True, True, False, False]
    """
    return _PLACE.search(text) is not None and not has_address(text)


def has_address(text: str) -> bool:
    """Whether a requirement says where its distribution lies, as PEP 508 lets it.

    >>> has_address("a @ https://x/a.whl"), has_address("a>=2")
    (True, False)
    """
    return " @ " in text
