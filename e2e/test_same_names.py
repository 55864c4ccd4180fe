"""Two projects whose pipelines have one name do not stand in each other's way."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from driver.command import Said, ops0

from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import file_lock
from ops0_builder.engine.engine_images import image_tags

FILE = "same_name.py"
CODE = """\

import ops0


@ops0.step
def load() -> str:
    return "OWN"


@ops0.step
@ops0.cache(key="one")
@ops0.secrets(TOKEN="file:token.txt")
def read(load: str) -> str:
    import os

    return os.environ["TOKEN"].split()[-1]


@ops0.step
def tell(read: str, load: str, fails: bool = False) -> str:
    if fails:
        raise ValueError("asked to")
    return f"{read} {load}"
"""


@pytest.fixture
def projects(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    found = tuple(tmp_path / name for name in ("first", "second"))
    for folder in found:
        folder.mkdir()
        (folder / FILE).write_text(CODE.replace("OWN", folder.name))
        (folder / "token.txt").write_text(f"token of {folder.name}\n")
    yield found[0], found[1]
    argv = ["docker", "images", "ops0/same_name/*", "--format", "{{.Repository}}:{{.Tag}}"]
    listed = subprocess.run(argv, capture_output=True, text=True, check=False)
    for tag in listed.stdout.split():
        subprocess.run(["docker", "rmi", tag], capture_output=True, check=False)


def done(arguments: list[str], folder: Path, env: dict[str, str], code: int = 0) -> Said:
    said = ops0(arguments, folder=folder, env=env)
    assert said.code == code, said
    return said


def test_runs_results_and_resumption_are_each_projects_own(
    projects: tuple[Path, Path], env: dict[str, str], tmp_path: Path
) -> None:
    own = {**env, "OPS0_CACHE_DIR": str(tmp_path / "cache")}
    for folder in projects:
        done(["run", FILE, "--param", "fails=true"], folder, own, code=50)
    for folder in projects:
        said = done(["run", FILE, "--resume", "--param", "fails=false"], folder, own)
        assert said.out == f"{folder.name} {folder.name}\n"
        assert "'read' has changed" not in said.err
        assert "of same_name (same_name.py)\n" in done(["logs"], folder, own).err, "and of no other"
    first, second = projects
    for folder, other in ((first, second), (second, first)):
        said = done(["run", FILE], folder, own)
        assert said.out == f"{folder.name} {folder.name}\n", "a secret of another project"
        assert "read: not run, kept" in said.err
        assert str(other) not in said.err
    rows = done(["runs", "--json"], first, own).data
    assert [row["project"] for row in rows] == [str(second), str(first), str(second), str(first)]


@pytest.mark.docker
def test_builds_do_not_wait_for_each_other_and_no_clean_up_takes_the_others_images(
    projects: tuple[Path, Path], env: dict[str, str], tmp_path: Path
) -> None:
    own = {**env, "OPS0_CACHE_DIR": str(tmp_path / "cache")}
    first, second = projects
    with ThreadPoolExecutor(2) as pool:
        built = list(
            pool.map(lambda folder: done(["build", FILE, "--json"], folder, own), projects)
        )
    tags = [{one["tag"] for one in said.data["images"].values()} for said in built]
    for said in built:
        assert "waiting for another build" not in said.err, said
    assert not any("unproven" in tag for tag in image_tags(engine(), "ops0/same_name/*"))
    for number in range(2):  # the newest of all are of the second project
        path = second / FILE
        path.write_text(path.read_text().replace("asked to", f"asked to {number}"))
        last = done(["build", FILE, "--json"], second, own)
    ran = [done(["run", FILE, "--containers"], folder, own).out for folder in projects]
    assert ran == [f"{folder.name} {folder.name}\n" for folder in projects]
    planned = done(["gc", "--images", "--keep", "1", "--dry-run", "--json"], first, own).data
    gone = {one["name"] for one in planned if one["name"].startswith("ops0/same_name/")}
    wanted = tags[0] | {one["tag"] for one in last.data["images"].values()}
    assert gone == set(image_tags(engine(), "ops0/same_name/*")) - wanted
    assert gone


@pytest.mark.docker
def test_a_build_waits_for_one_of_its_own_project_only(
    projects: tuple[Path, Path], env: dict[str, str], tmp_path: Path
) -> None:
    own = {**env, "OPS0_CACHE_DIR": str(tmp_path / "cache")}
    first, second = projects
    done(["build", FILE], first, own)
    (lock,) = (tmp_path / "cache/locks").glob("build-same_name-*.lock")
    with file_lock(lock):
        done(["build", FILE], second, own)  # else it would wait for ever
    assert len(list((tmp_path / "cache/locks").glob("build-same_name-*.lock"))) == 2


def engine() -> EngineSocket:
    return EngineSocket.from_environment(os.environ)
