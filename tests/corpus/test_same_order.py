"""Facts are in one order, whatever the order of Python's sets is in a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
TOLD = """
import hashlib, sys
from pathlib import Path
from ops0.core.analyzer import function_facts
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource
root = Path(sys.argv[1])
files = {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*.py"))}
for name in files:
    facts = function_facts(MemorySource(files), name, None, roots=(".",), target=Target(python="3.11"))
    print(name, hashlib.sha256(repr(facts).encode()).hexdigest())
"""


@pytest.mark.parametrize("case", ["tracks_video", "parcels_tiles"])
def test_facts_are_the_same_in_every_process(case: str) -> None:
    def told(seed: str) -> str:
        argv = [sys.executable, "-c", TOLD, str(CASES / case)]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
        assert done.stdout
        return done.stdout

    assert len({told(seed) for seed in "1234"}) == 1
