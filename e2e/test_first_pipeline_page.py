"""The commands of the page that everybody reads first, typed one after another in a throw-away folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "guide" / "first-pipeline.md"
BASH = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.docker
@pytest.mark.slow
def test_every_command_of_the_first_page_works(tmp_path: Path, env: dict[str, str]) -> None:
    blocks = BASH.findall(PAGE.read_text())
    assert len(blocks) >= 3
    path = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    script = "set -eux\n" + "\n".join(blocks)
    argv = ["bash", "-c", script]
    environment = {**env, "PATH": path}
    done = subprocess.run(
        argv, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "churn" / "ops0.lock").is_dir()
