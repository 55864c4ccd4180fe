"""What attempts use, sampled on real engines and told by their runners."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from driver.command import OPS0

from ops0.runtime.events import Event, read_events
from ops0.runtime.runs import newest_run

PIPELINE = """
import time
import ops0

@ops0.step
def burn():
    kept = bytearray(80 << 20)
    end = time.monotonic() + 1.6
    while time.monotonic() < end or time.process_time() < 1.2:  # on a busy machine, too
        pass
    return len(kept)
"""


@pytest.mark.parametrize(
    "words", [(), pytest.param(("--containers",), marks=pytest.mark.docker)], ids=str
)
def test_cpu_and_memory_are_sampled(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "flow.py").write_text(PIPELINE)
    subprocess.run([OPS0, "run", "flow.py", *words], cwd=tmp_path, check=True)
    events = list(read_events(newest_run().events))
    samples = [_data(one) for one in events if one.kind == "attempt.usage"]
    used = next(_data(one) for one in events if one.kind == "attempt.used")
    assert len(samples) >= 2
    assert [one["cpu"] for one in samples] == sorted(one["cpu"] for one in samples)
    assert samples[-1]["cpu"] > 0.3
    # The last sample may be of a process that is just giving its memory back.
    assert 80 << 20 < max(one["memory"] for one in samples) < 200 << 20
    assert 80 << 20 < used["peak"] < 200 << 20
    # An engine counts what it took to set the container up as well.
    assert used["cpu"] > samples[-1]["cpu"] - 0.3


def _data(event: Event) -> dict[str, float]:
    return event.data  # type: ignore[return-value]
