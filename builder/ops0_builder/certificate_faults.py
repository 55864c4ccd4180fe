"""What to do about a server's certificate that does not hold, by what TLS libraries say of it. Pure."""

from __future__ import annotations

import re

_WORDS = (
    (
        r"expired",
        "the certificate has run out: its operator renews it, if this machine's clock is right (`date`)",
    ),
    (
        r"not ?yet ?valid|not ?valid ?yet",
        "the certificate is of a later day: set this machine's clock (`date`), or have its operator replace it",
    ),
    (
        r"not ?valid ?for|doesn't match",
        "the certificate is for another host: use the name that it is for, or have its operator add yours",
    ),
)
"""uv's, pip's and Python's own words, the ways in which their versions put them."""


def certificate_hint(said: str) -> str | None:
    """What helps; None where another authority's certificate might. Pure."""
    found = (hint for words, hint in _WORDS if re.search(words, said, re.IGNORECASE))
    return next(found, None)
