"""``ops0 run --param`` as a program, in processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

OPS0 = (sys.executable, "-c", "import sys; from ops0.cli.main import main; sys.exit(main())")
PIPELINE = """
from pathlib import Path
import ops0

@ops0.step
def load(source: Path) -> str:
    with open(source) as file:
        return file.read()
"""


def test_a_relative_path_is_the_callers_and_not_the_steps(tmp_path: Path) -> None:
    for folder, text in (("project", "the step's"), ("elsewhere", "the caller's")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rows.txt").write_text(text)
    pipeline = tmp_path / "project" / "pipeline.py"
    pipeline.write_text(PIPELINE)
    argv = (*OPS0, "run", str(pipeline), "--param", "source=rows.txt")
    done = subprocess.run(
        argv, cwd=tmp_path / "elsewhere", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "the caller's"
