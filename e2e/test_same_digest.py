"""One project gives one digest, wherever, whenever, on whichever engine and by whomever it is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from driver import places
from driver.command import ops0
from driver.places import Change, Place
from driver.second_engine import can_be_started, copy_image, second_engine

pytestmark = [pytest.mark.docker, pytest.mark.slow]

EXAMPLES = Path(__file__).parents[1] / "examples"
PYTHON = "3.11"
DEEP = os.environ.get("OPS0_TESTS") == "deep"
SETTINGS = 'name = "{name}"\npipeline = "{entry}"\npython = "3.11"\n'

# A module and a package of the project's own, data, a program, one heavy distribution and light ones.
MIXED = {
    "pipeline.py": """
import subprocess
from pathlib import Path

import ops0
import numpy
from own.tables import show

HERE = Path(__file__).parent


@ops0.step
def load() -> list:
    return [float(line) for line in (HERE / "data" / "wärme.csv").read_text().splitlines()]


@ops0.step
def spread(load: list) -> float:
    return float(numpy.std(load))


@ops0.step
def report(spread: float, load: list) -> str:
    return show([["values", len(load)], ["spread", spread]])
""",
    "own/__init__.py": "NAMES = {'b', 'a', 'c'}\n",
    "own/tables.py": "from tabulate import tabulate\n\n\ndef show(rows):\n    return tabulate(rows)\n",
    "data/wärme.csv": "1.5\n2.5\n4.0\n",
}
# Debian packages, which are fetched when the image is built.
SYSTEM = {
    "pipeline.py": """
import ops0


@ops0.step
@ops0.requires(apt=["libsndfile1"])
def sound() -> str:
    import ctypes

    return str(ctypes.CDLL("libsndfile.so.1"))
"""
}


def write(files: Mapping[str, str], folder: Path) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return "pipeline.py"


def copy(example: str, folder: Path) -> str:
    ignore = shutil.ignore_patterns("__pycache__", "results", "ops0.lock")
    shutil.copytree(EXAMPLES / example, folder, ignore=ignore, dirs_exist_ok=True)
    return next(
        one.name for one in folder.iterdir() if one.suffix == ".ipynb" or one.name == "pipeline.py"
    )


PROJECTS: Mapping[str, Callable[[Path], str]] = {
    "mixed": lambda folder: write(MIXED, folder),
    "system": lambda folder: write(SYSTEM, folder),
    "quickstart": lambda folder: copy("quickstart", folder),
    "notebook": lambda folder: copy("notebook", folder),
    "flight_delays": lambda folder: copy("flight_delays", folder),
}
"""Each makes a project in a folder and gives its entry."""


@pytest.fixture(scope="module")
def other_engine() -> Iterator[str]:
    """The address of a second engine that has the same base."""
    if not can_be_started():
        if os.environ.get("CI"):
            pytest.fail("a second engine needs root and dockerd, and in CI it must run")
        pytest.skip("a second engine needs root and dockerd")
    folder = Path(tempfile.mkdtemp(prefix="ops0-e2e-"))  # a socket's path has at most 107 bytes
    try:
        with second_engine(folder) as address:
            copy_image(f"ops0-base:{PYTHON}", address)
            yield address
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def faketime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = places.fetch_faketime(tmp_path_factory.mktemp("faketime"))
    if library is None:
        if os.environ.get("CI"):
            pytest.fail("apt gave no libfaketime, and in CI the clock must be changed")
        pytest.skip("apt has no libfaketime")
    return library


@pytest.fixture
def place() -> Iterator[Callable[[], Place]]:
    """Makes empty places: not below pytest's own folder, into which no other user may look."""
    made: list[Path] = []

    def make() -> Place:
        made.append(Path(tempfile.mkdtemp(prefix="ops0-e2e-")))
        return Place(folder=made[-1])

    yield make
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture
def locked(request: pytest.FixtureRequest, tmp_path: Path, env: dict[str, str]) -> Iterator[Path]:
    """A project with its lock; its wheels are in the cache of the session."""
    folder = tmp_path / "locked"
    folder.mkdir()
    name = f"ops0-e2e-same-{request.param}"
    entry = PROJECTS[request.param](folder)
    (folder / "ops0.toml").write_text(SETTINGS.format(name=name, entry=entry))
    # Fetches all wheels into the cache; a build fetches none for images that a killed session has left.
    said = ops0(["lock", "--wheelhouse", str(tmp_path / "wheels")], folder=folder, env=env)
    assert said.code == 0, str(said)
    yield folder
    argv = ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", f"ops0/{name}/*"]
    for tag in subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split():
        subprocess.run(["docker", "image", "rm", tag], capture_output=True, check=True)


def digests(place: Place, project: Path, env: dict[str, str]) -> dict[str, str]:
    """Build without cache at a place; step -> digest."""
    folder = places.settle(place, project, Path(env["OPS0_CACHE_DIR"]) / "wheels")
    said = ops0(
        ["build", "--no-cache", "--json"],
        folder=folder,
        env=places.environment(place, env),
        prefix=place.prefix,
    )
    assert said.code == 0, str(said)
    assert all(image["built"] for image in said.data["images"].values())
    return {step: image["digest"] for step, image in said.data["images"].items()}


ON_THIS_MACHINE: Mapping[str, Change] = {
    "umask": places.umask,
    "mtime": places.mtime,
    "path": places.path,
    "order": places.order,
    "locale": places.locale,
    "user": places.user,
}


@pytest.mark.parametrize("locked", ["mixed"], indirect=True)
def test_everything_changed_at_once(
    locked: Path,
    place: Callable[[], Place],
    env: dict[str, str],
    other_engine: str,
    faketime: Path,
) -> None:
    """All eight at once, in one build: were one of them in the bytes, the digest would be another."""
    there = place()
    for change in (
        *ON_THIS_MACHINE.values(),
        places.engine(other_engine),
        places.clock(faketime),
    ):
        there = change(there)
    assert digests(there, locked, env) == digests(place(), locked, env)


@pytest.mark.skipif(not DEEP, reason="a quarter of an hour and more: OPS0_TESTS=deep")
@pytest.mark.parametrize("locked", PROJECTS, indirect=True)
def test_each_change_alone(
    locked: Path,
    place: Callable[[], Place],
    env: dict[str, str],
    other_engine: str,
    faketime: Path,
) -> None:
    expected = digests(place(), locked, env)
    changes = {
        **ON_THIS_MACHINE,
        "clock": places.clock(faketime),
        "engine": places.engine(other_engine),
    }
    found = {name: digests(change(place()), locked, env) for name, change in changes.items()}
    assert found == dict.fromkeys(changes, expected)
