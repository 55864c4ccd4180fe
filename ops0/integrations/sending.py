"""One message to people, and how long its delivery is tried. The senders stand beside: slack, webhook, mail."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

LIMIT = 60.0
"""Seconds that a delivery may take with all its waits."""
ANSWER_LIMIT = 15.0
"""Seconds that one server may take to answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What is said, and of which step of which run; of a run as a whole, that it failed, there is no call."""

    text: str
    pipeline: str
    run: str
    call: str | None = None
    attempt: int | None = None

    @property
    def id(self) -> str:
        """The same for every try to deliver it, so that a receiver can tell a repetition."""
        return f"{self.run}/{self.call}/{self.attempt}" if self.call else f"{self.run}/failed"


class SendFault(Exception):
    """A message was not delivered. The text is the fact and holds no address and no credential."""

    def __init__(self, fact: str, hint: str | None = None) -> None:
        super().__init__(fact)
        self.hint = hint


class Later(SendFault):
    """It was surely not taken, and may be another time. ``after``: seconds that the server asks to wait."""

    def __init__(self, fact: str, after: float | None = None) -> None:
        super().__init__(fact)
        self.after = after


def patiently(
    send: Callable[[], None],
    *,
    limit: float = LIMIT,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Send, again after each Later, for ``limit`` seconds. Raises SendFault."""
    until, pause = clock() + limit, 1.0
    while True:
        try:
            send()
        except Later as later:  # noqa: PERF203 - waiting is what takes the time
            wait = pause if later.after is None else later.after
            if clock() + wait > until:
                raise SendFault(f"{later}; tried for {limit:g} s") from None
            sleep(wait)
            pause *= 2
        else:
            return


def retry_after(text: str | None) -> float | None:
    """Seconds that a ``Retry-After`` asks for, which may be a number or a date (RFC 9110, 10.2.3); None for none."""
    if text is None:
        return None
    import urllib3  # noqa: PLC0415 - only where a server asks to wait

    try:
        return urllib3.Retry().parse_retry_after(text)
    except (urllib3.exceptions.HTTPError, ValueError, OverflowError):
        return None
