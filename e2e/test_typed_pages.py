"""The shell blocks of the docs, typed one after another in a throw-away folder, as whoever follows a page does.

A block that cannot be typed here says why on the line above its fence: ``<!-- not executed: REASON -->``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver.leftovers import engine_objects, runs

ROOT = Path(__file__).parents[1]
FENCE = re.compile(
    r"^(?P<why><!-- not executed: [^\n]+ -->\n)?```(?:bash|sh)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PAGES = {"first-pipeline": 3, "ci": 1, "deploying": 1, "notebooks": 1, "offline": 6, "watching": 3}
"""Pages of the guide, and how many of their blocks are typed."""

FLOW = """
import ops0


@ops0.step
def load(count: int = 2) -> list:
    print("loading")
    return list(range(count))


@ops0.step
def train(load: list) -> int:
    return sum(load)
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """What a page takes for granted: a pipeline, as a file and as a notebook."""
    folder = tmp_path / "project"
    folder.mkdir()
    name = f"flow-{uuid.uuid4().hex[:6]}"
    (folder / "flow.py").write_text(FLOW)
    (folder / "ops0.toml").write_text(f'name = "{name}"\npipeline = "flow.py"\n')
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"cells": [cell | {"source": FLOW}], "metadata": {}, "nbformat": 4}
    (folder / "flow.ipynb").write_text(json.dumps(notebook | {"nbformat_minor": 5}))
    yield folder
    listed = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}"]
    told = subprocess.run(listed, capture_output=True, text=True, check=False).stdout.split()
    if tags := [tag for tag in told if f"/{name}/" in tag]:
        subprocess.run(["docker", "image", "rm", *tags], capture_output=True, check=False)


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_works(
    page: str, project: Path, env: dict[str, str], state: Path
) -> None:
    blocks = list(FENCE.finditer((ROOT / f"docs/guide/{page}.md").read_text()))
    typed = [block["text"] for block in blocks if block["why"] is None]
    assert len(typed) == PAGES[page]
    before = {"ci": "ops0 lock\n", "watching": "ops0 run\n"}.get(page, "")
    name = (project / "ops0.toml").read_text().split('"')[1]
    # The pages' pipeline is called flow; here each has a name of its own, for the engine is shared.
    script = before + re.sub(r"\b(invoke|rollback) flow\b", rf"\1 {name}", "\n".join(typed))
    another = (
        "sed -i s/loading/again/ flow.py\nops0 deploy --env test\n"  # a version to go back from
    )
    script = script.replace("ops0 rollback", f"{another}ops0 rollback")
    path = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"set -eux\n{script}"],
        cwd=project,
        env={**env, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert engine_objects(runs(state)) == ()
