"""1 GiB from one container to the next, against ``cp`` of 1 GiB on the same kind of volume.

Measured inside: from the producer's last line to the consumer's first, on the one clock that containers share. So it is
the writing, the digest, fsync, the go line, the check and the mapping; the container's start is the chain's business.
"""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from benchmarks.findings import Finding, compare
from benchmarks.programs import BASE, OPS0, call
from benchmarks.timing import Series

PIPELINE = """
import time

import numpy as np
import pandas as pd

import ops0


def own_memory() -> int:
    with open("/proc/self/smaps_rollup") as told:
        return sum(int(line.split()[1]) for line in told if line.startswith("Anonymous:")) // 1024


@ops0.step
def make_array() -> tuple:
    array = np.ones(1 << 27)
    return array, time.time()


@ops0.step
def make_frame() -> tuple:
    frame = pd.DataFrame(np.ones((1 << 23, 16)))
    return frame, time.time()


@ops0.step
def take_array(array: np.ndarray, at: float) -> list:
    return [time.time() - at, own_memory()]


@ops0.step
def take_frame(frame: pd.DataFrame, at: float) -> list:
    return [time.time() - at, own_memory()]


@ops0.pipeline
def arrays():
    array, at = make_array()
    return take_array(array, at)


@ops0.pipeline
def frames():
    frame, at = make_frame()
    return take_frame(frame, at)
"""
COPY = """
import os, subprocess, time
if not os.path.exists("/v/a"):
    with open("/v/a", "wb") as file:
        for _ in range(1024):
            file.write(os.urandom(1 << 20))
with open("/v/a", "rb") as file:
    while file.read(1 << 24):
        pass
os.sync()
began = time.time()
subprocess.run(["cp", "/v/a", "/v/b"], check=True)
copied = time.time() - began
fd = os.open("/v/b", os.O_RDONLY)
os.fsync(fd)
print(copied, time.time() - began)
os.unlink("/v/b")
"""


def measure(rounds: int) -> Iterator[Finding]:
    """In turns: cp, the array, the frame."""
    volume = f"ops0-bench-{uuid.uuid4().hex[:8]}"
    found: dict[str, list[float]] = {"cp": [], "cp and fsync": [], "arrays": [], "frames": []}
    with tempfile.TemporaryDirectory(prefix="ops0-bench-") as name:
        project = Path(name)
        (project / "flow.py").write_text(PIPELINE)
        env = {"OPS0_STATE_DIR": str(project / "state")}
        for pipeline in ("arrays", "frames"):
            call([OPS0, "build", f"flow.py:{pipeline}"], cwd=project, env=env)
        try:
            for _ in range(rounds):
                copied, synced = _copy(volume)
                found["cp"].append(copied)
                found["cp and fsync"].append(synced)
                for pipeline in ("arrays", "frames"):
                    run = [OPS0, "run", f"flow.py:{pipeline}", "--containers", "--json"]
                    found[pipeline].append(_passed(call(run, cwd=project, env=env)))
        finally:
            call(["docker", "volume", "rm", "--force", volume])
    series = {name: Series(tuple(seconds)) for name, seconds in found.items()}
    for pipeline, what in (("arrays", "array"), ("frames", "frame of numbers")):
        ours = series[pipeline]
        yield compare(f"1 GiB {what} to the next step", "cp", ours, series["cp"], target=1.3)
        yield compare(
            f"1 GiB {what} to the next step",
            "cp and fsync",
            ours,
            series["cp and fsync"],
            target=None,
        )


def _copy(volume: str) -> tuple[float, float]:
    run = ["docker", "run", "--rm", "--network", "none", "--pull", "never"]
    with_volume = ["--user", "0", "--volume", f"{volume}:/v"]
    copied, synced = call([*run, *with_volume, BASE, "python", "-c", COPY]).split()
    return float(copied), float(synced)


def _passed(told: str) -> float:
    """Seconds; a reader that holds a copy of its own would be a fault, not a figure. Raises SystemExit."""
    ((seconds, memory),) = json.loads(told)["results"].values()
    if memory > 512:
        raise SystemExit(f"the reader holds {memory} MiB of its own")
    return float(seconds)
