"""A pipeline with loops, lists of results and another pipeline gives on both engines what plain Python gives."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from driver.command import OPS0

FILES = {
    "settings.py": 'PATHS = {"eu": "a", "us": "bb"}\n',
    "prepared.py": """
import ops0

@ops0.step
def load(path: str) -> list:
    return list(range(len(path)))

@ops0.step
def clean(rows: list, least: int) -> list:
    return [row for row in rows if row >= least]

@ops0.pipeline
def prepare(path, least=0):
    return clean(load(f"data/{path}.csv"), least)
""",
    "pipeline.py": """
import ops0
import settings
from prepared import prepare

@ops0.step
def train(rows: list, strength: float = 1.0) -> dict:
    return {"sum": sum(rows) * strength}

@ops0.step
def compare(models: list, named: dict, pairs: list, bad: bool) -> dict:
    if bad:
        raise ValueError("bad")
    kinds = [type(one).__name__ for one in (models, named, pairs, pairs[0])]
    told = {"models": models, "named": list(map(list, named.items())), "kinds": kinds}
    return {**told, "pairs": list(map(list, pairs))}

@ops0.pipeline
def flow(strength: float = 2.0, bad: bool = False):
    models = []
    for region, path in settings.PATHS.items():
        models.append(train(prepare(path), strength))
    named = {least: train(prepare("x", least=least)) for least in range(2)}
    mapped = train.map([prepare(region) for region in settings.PATHS], strength=0.5)
    return compare([*models, mapped], named, [(n, model) for n, model in enumerate(models)], bad)
""",
}


def run(folder: Path, *more: str, code: int = 0) -> dict[str, Any]:
    argv = (OPS0, "run", "pipeline.py", "--json", "--param", "strength=3.0", *more)
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout or "{}")
    return found


def python(folder: Path) -> Any:
    text = "import json, pipeline; print(json.dumps(pipeline.flow(3.0)))"
    argv = (sys.executable, "-c", text)
    return json.loads(subprocess.run(argv, cwd=folder, capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    "engine", ["processes", pytest.param("containers", marks=pytest.mark.docker)]
)
def test_what_is_unrolled_gives_what_python_gives(engine: str, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    project = f"unrolled-{uuid.uuid4().hex[:8]}"
    (tmp_path / "ops0.toml").write_text(f'name = "{project}"\n')
    options = ("--containers",) if engine == "containers" else ()
    try:
        run(tmp_path, "--param", "bad=true", *options, code=50)
        found = run(tmp_path, "--resume", "--param", "bad=false", *options)
        assert found["results"]["compare"] == python(tmp_path)
        assert list(found["calls"])[:6] == [
            *("load-eu", "clean-eu", "train-eu", "load-us", "clean-us", "train-us"),
        ]
        anew = {name for name, call in found["calls"].items() if call["attempts"] != 1}
        assert anew == {"compare"}
    finally:
        if options:
            images = ["docker", "images", "--quiet", "--filter", f"reference=ops0/{project}/*"]
            ids = subprocess.run(images, capture_output=True, text=True, check=True).stdout.split()
            if ids:
                subprocess.run(["docker", "rmi", "--force", *ids], capture_output=True, check=False)
