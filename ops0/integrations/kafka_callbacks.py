"""What confluent-kafka calls back while it is asked for something: its log, and whatever Ctrl-C strikes meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

QUIET = logging.getLogger("ops0.kafka")
"""Where librdkafka's own lines go: what matters of them comes as an error too."""
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


@contextmanager
def interruptible() -> Iterator[None]:
    """Around what may call back. confluent-kafka loses what is raised in a callback, and raises SystemError then.

    ops0's callbacks raise nothing, so it was Ctrl-C that came while one ran.

    raises: KeyboardInterrupt
    """
    try:
        yield
    except SystemError as fault:
        raise KeyboardInterrupt from fault
