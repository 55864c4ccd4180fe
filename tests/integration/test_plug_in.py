"""The sample plug-in, installed as users install packages: its serializer and its rules, in both modes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import uuid
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_images import remove_images

SAMPLE = Path(__file__).parents[2] / "examples" / "plug_in"
UV = Path(sys.executable).with_name("uv")
MAIN = "import sys; from ops0.cli.main import main; sys.exit(main())"
WALK = {"name": "over the hill", "points": 25, "km": 5.34, "ascent": 240, "highest": 840}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    source = tmp_path_factory.mktemp("sample") / "gpx-tracks"
    shutil.copytree(SAMPLE / "gpx-tracks", source)
    subprocess.run([UV, "build", "--quiet", "--wheel", "--out-dir", folder, source], check=True)
    return folder


@pytest.fixture(scope="module")
def python(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with ops0 and the package, which comes from an index: here a folder of wheels."""
    home = tmp_path_factory.mktemp("user")
    venv.create(home, with_pip=False)
    site = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(home)}))
    ours = sysconfig.get_path("purelib")
    (site / "ops0_here.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    found = home / "bin" / "python"
    install = [UV, "pip", "install", "--quiet", "--python", found, "--no-deps", "--no-index"]
    subprocess.run([*install, "--find-links", wheels, "gpx-tracks"], check=True)
    return found


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Path]:
    project = shutil.copytree(SAMPLE / "walk", tmp_path / "walk")
    name = f"walk-{uuid.uuid4().hex[:8]}"
    settings = (project / "ops0.toml").read_text()
    (project / "ops0.toml").write_text(settings.replace('"walk"', f'"{name}"'))
    yield project
    remove_images(name)


def ops0(python: Path, wheels: Path, walk: Path, *words: str) -> str:
    env = {**os.environ, "PIP_FIND_LINKS": str(wheels), "NO_COLOR": "1"}
    argv = [str(python), "-c", MAIN, *words]
    done = subprocess.run(argv, cwd=walk, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("how", [(), pytest.param(("--containers",), marks=pytest.mark.docker)])
def test_it_runs(python: Path, wheels: Path, walk: Path, how: tuple[str, ...]) -> None:
    assert json.loads(ops0(python, wheels, walk, "run", *how)) == WALK


def test_its_value_is_stored_as_it_says(python: Path, wheels: Path, walk: Path) -> None:
    pipeline = walk / "pipeline.py"
    pipeline.write_text(pipeline.read_text().partition("@ops0.step\ndef tell")[0])
    told = json.loads(ops0(python, wheels, walk, "run", "--json"))["results"]["thin"]
    stored = (told["format"], told["pickled"], told["type"])
    assert stored == ("custom", False, "gpx_tracks.track.Track")
    assert b"topografix" in (Path(told["path"]) / "value.custom").read_bytes()


def test_its_rule_says_which_step_needs_pandas(python: Path, wheels: Path, walk: Path) -> None:
    steps = json.loads(ops0(python, wheels, walk, "requirements", "pipeline.py", "--json"))
    assert {name: sorted(needs) for name, needs in steps["pipeline.py"].items()} == {
        "record": ["gpx-tracks"],
        "thin": ["gpx-tracks"],
        "tell": ["gpx-tracks", "pandas"],
    }
