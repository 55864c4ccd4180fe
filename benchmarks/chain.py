"""Ten steps in a row, as containers, against ten ``docker run --rm``: trivial ones, and ones that import pandas."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.findings import Finding, compare
from benchmarks.programs import BASE, OPS0, call
from benchmarks.timing import Series, Way, in_turns

LENGTH = 10
WORK = 0.5
"""Seconds that a step of the second chain works, its import of pandas apart."""
BARE = ("docker", "run", "--rm", "--network", "none", "--pull", "never")
BUSY = f"""
    end = time.perf_counter() + {WORK}
    while time.perf_counter() < end:
        pd.Series([number]).sum()
"""


def measure(rounds: int) -> Iterator[Finding]:
    """The images are there; what is measured is the run alone, with its results."""
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name:
        project = Path(name)
        env = {"OPS0_STATE_DIR": str(project / "state")}
        yield _trivial(project, env, rounds)
        yield from _pandas(project, env, rounds)


def _trivial(project: Path, env: Mapping[str, str], rounds: int) -> Finding:
    (project / "chain.py").write_text(source(LENGTH))
    call([OPS0, "build", "chain.py"], cwd=project, env=env)
    run = [OPS0, "run", "chain.py", "--containers"]
    bare = [*BARE, BASE, "python", "-c", "pass"]
    ours, theirs = in_turns(
        (
            Way(name="ops0", work=lambda: call(run, cwd=project, env=env)),
            Way(name="docker run", work=lambda: [call(bare) for _ in range(LENGTH)]),
        ),
        rounds,
    )
    against = f"{LENGTH} x docker run --rm"
    return compare(f"chain of {LENGTH} trivial steps", against, ours, theirs, target=0.5)


def _pandas(project: Path, env: Mapping[str, str], rounds: int) -> Iterator[Finding]:
    """What the chain takes above the work in it: ops0's by the run's own clock, without the start of the command."""
    (project / "work.py").write_text(source(LENGTH, "import time\n\nimport pandas as pd\n", BUSY))
    built = call([OPS0, "build", "work.py"], cwd=project, env=env)
    image = next(line.split()[0] for line in built.splitlines() if line.startswith("ops0/"))
    inside = f"import time\nimport pandas as pd\nnumber = 1\nif True:{BUSY}"
    bare = [*BARE, "--entrypoint", "python", image, "-c", inside]
    run = [OPS0, "run", "work.py", "--containers", "--json"]
    told: list[float] = []
    _, theirs = in_turns(
        (
            Way(
                name="ops0",
                work=lambda: told.append(json.loads(call(run, cwd=project, env=env))["seconds"]),
            ),
            Way(name="docker run", work=lambda: [call(bare) for _ in range(LENGTH)]),
        ),
        rounds,
    )
    what = f"above {WORK:g} s of work, a step of {LENGTH} with pandas"
    above, bare_above = (
        Series(tuple(seconds / LENGTH - WORK for seconds in one))
        for one in (told[-rounds:], theirs.seconds)
    )
    none = Series((0.0,) * rounds)
    yield compare(what, "no overhead", above, none, target=50, unit="ms", kind="over")
    yield compare(what, "docker run --rm", above, bare_above, target=0.1, unit="ms")


def source(length: int, head: str = "", work: str = "") -> str:
    """A pipeline in which each step adds one to what the one before gave."""
    steps = [
        f"@ops0.step\ndef add_{at}(number: int) -> int:\n{work}    return number + 1\n"
        for at in range(length)
    ]
    nested = "0"
    for at in range(length):
        nested = f"add_{at}({nested})"
    calls = f"@ops0.pipeline\ndef chain():\n    return {nested}\n"
    return "\n\n".join([f"{head}import ops0\n", *steps, calls])
