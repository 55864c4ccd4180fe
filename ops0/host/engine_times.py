"""Times as the Docker Engine writes them."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime


def seconds_of(written: object) -> float:
    """Seconds since 1970 of ``2026-01-02T03:04:05Z``; of what cannot be read now, so that it counts as new."""
    if isinstance(written, str):
        with suppress(ValueError):
            return datetime.fromisoformat(written.replace("Z", "+00:00")).timestamp()
    return time.time()
