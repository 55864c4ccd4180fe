"""What it costs to start ops0, over a bare Python."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.findings import Finding, compare
from benchmarks.programs import OPS0, call
from benchmarks.timing import Way, in_turns


def measure(rounds: int) -> Iterator[Finding]:
    """``import ops0`` and ``ops0 --help``, both against ``python -c pass``."""
    ways = (
        Way(name="bare", work=lambda: call([sys.executable, "-c", "pass"])),
        Way(name="import", work=lambda: call([sys.executable, "-c", "import ops0"])),
        Way(name="help", work=lambda: call([OPS0, "--help"])),
    )
    bare, imported, helped = in_turns(ways, rounds)
    against = "python -c pass"
    yield compare("import ops0", against, imported, bare, target=30, unit="ms", kind="over")
    yield compare("ops0 --help", against, helped, bare, target=150, unit="ms", kind="over")
