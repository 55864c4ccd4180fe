"""Ten trivial steps in a row, as containers, against ten bare ``docker run --rm``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.findings import Finding, compare
from benchmarks.programs import BASE, OPS0, call
from benchmarks.timing import Way, in_turns

LENGTH = 10
BARE = (
    "docker",
    "run",
    "--rm",
    "--network",
    "none",
    "--pull",
    "never",
    BASE,
    "python",
    "-c",
    "pass",
)


def measure(rounds: int) -> Iterator[Finding]:
    """The images are there; what is measured is the run alone, with its results."""
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name:
        project = Path(name)
        (project / "chain.py").write_text(source(LENGTH))
        env = {"OPS0_STATE_DIR": str(project / "state")}
        call([OPS0, "build", "chain.py"], cwd=project, env=env)
        run = [OPS0, "run", "chain.py", "--containers"]
        ways = (
            Way(name="ops0", work=lambda: call(run, cwd=project, env=env)),
            Way(name="docker run", work=lambda: [call(BARE) for _ in range(LENGTH)]),
        )
        ours, theirs = in_turns(ways, rounds)
        yield compare(
            f"chain of {LENGTH} trivial steps",
            f"{LENGTH} x docker run --rm",
            ours,
            theirs,
            target=1.2,
        )


def source(length: int) -> str:
    """A pipeline in which each step adds one to what the one before gave."""
    steps = [
        f"@ops0.step\ndef add_{at}(number: int) -> int:\n    return number + 1\n"
        for at in range(length)
    ]
    nested = "0"
    for at in range(length):
        nested = f"add_{at}({nested})"
    calls = f"@ops0.pipeline\ndef chain():\n    return {nested}\n"
    return "\n\n".join(["import ops0\n", *steps, calls])
