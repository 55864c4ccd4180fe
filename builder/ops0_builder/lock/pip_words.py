"""What pip says of a file that did not come: it tells nothing of it but in words. Pure, and without credentials."""

from __future__ import annotations

import re

from ops0.host.process import Completed
from ops0_builder.certificate_faults import certificate_hint
from ops0_builder.lock.program_words import last_lines, redacted, said_lines

BROKE_OFF = (
    "try again, it may have broken off on its way; if it stays so, someone changed the file on the index, or the "
    "index says another hash than its file has: find out who, or `ops0 lock --upgrade` it"
)
"""What to do about other bytes that pip has thrown away: whether they were all that was sent, nobody knows."""
_DIFFERS = re.compile(r"Expected sha256 ([0-9a-f]{64})\s+Got\s+([0-9a-f]{64})")
_REFUSED = re.compile(r"\bhas (an invalid wheel|inconsistent (name|version))\b.*")
_NO_WHEEL = re.compile(r"\bWheel '.*' located at .* is invalid\b")
_FRAME = re.compile(r"^ +File \".*/pip/.*\", line [0-9]+, in ", re.MULTILINE)
_PASSED_OVER = re.compile(r"Could not fetch URL (.*?)(?: - skipping)?$", re.MULTILINE)
_RETRY = "WARNING: Retrying ("
_NOT_FOUND = "No matching distribution found"
_UNTRUSTED = "is not a trusted or secure host"
_CERTIFICATE = ("CERTIFICATE_VERIFY_FAILED", "CertificateError")
_TRUST = (
    "pip fetches by plain HTTP only from hosts that it is told to trust: serve the index by HTTPS, "
    "or name its host: `pip config set global.trusted-host HOST`"
)


def differing(done: Completed) -> tuple[str, str] | None:
    """The sha256 that was expected, and that of the bytes that came."""
    found = _DIFFERS.search(done.err)
    return None if found is None else (found[1], found[2])


def refused(done: Completed) -> str | None:
    """Why pip does not take a file that came: ``it has inconsistent version: …``."""
    if _NO_WHEEL.search(done.err):
        return "it is no wheel"
    found = _REFUSED.search(redacted(done.out + done.err))
    return None if found is None else f"it {found[0]}"


def way_out(done: Completed) -> str | None:
    """What helps, where that is not to look at network and settings in general."""
    if _UNTRUSTED in done.err:
        return _TRUST
    said = done.err + done.out
    return certificate_hint(said) if any(word in said for word in _CERTIFICATE) else None


def named(index: str, done: Completed) -> str | None:
    """What helps where pip finds nothing of that name or version, and the lock says who has it."""
    if not index or _NOT_FOUND not in done.err + done.out:
        return None
    where = "a folder of wheels (find-links)" if index == "local" else index
    return (
        f"it is locked from {where}: name that to pip or uv on this machine, as where it was locked"
    )


def passed_over(done: Completed) -> str:
    """The pages of an index that pip passed over, and why: it tells that only where it is asked to tell more."""
    told = dict.fromkeys(_PASSED_OVER.findall(redacted(done.out)))
    return "".join(f"  {line[:500]}\n" for line in told)


def last_words(done: Completed, count: int) -> str:
    """As ``last``; of a traceback of its own, which it prints where an address has no host, what that ends in."""
    said = last(done, count)
    return said.splitlines()[-1] if _FRAME.search(said) else said


def last(done: Completed, count: int) -> str:
    """Its last lines. It tells each of its tries in the same words: the last one says it."""
    lines = said_lines(done.tail)
    said = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=False)
        if not (line.startswith(_RETRY) and after.startswith(_RETRY))
    ]
    return last_lines(said, count)
