"""What is kept in the cache damaged: seen, made again, and never believed.

Quick: all of it at once, in three ways. Deep: each kind in each way.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from driver.command import Said

from faults.reference import DEEP, Row
from faults.shop import RIGHT, Shop

pytestmark = [pytest.mark.docker, pytest.mark.slow]
KINDS = {
    "an analysis": "analyses/*",
    "what a base said": "bases/*",
    "the code of a context": "contexts/code-*/ops0/code/flow.py",
    "the Dockerfile of a context": "contexts/numbers-*/Dockerfile",
    "the runner of a context": "contexts/runner-*/ops0_runner/job.py",
    "a wheel of a context": "contexts/group-*/shop*.whl",
    "the pins of a context": "contexts/group-*/requirements.txt",
    "the installer": "contexts/uv-*/uv",
    "what the next build asks": "foresight/*",
    "a note of a proof": "proofs/*",
    "a wheel": "wheels/*/*/*.whl",
    "the index of cached results": "results/index/*",
    "a cached result": "results/values/*/value.json",
    "the manifest of a cached result": "results/values/*/manifest.json",
    "the note of a whole environment": "environments/*/.whole",
    "the Python of an environment": "environments/*/bin/python",
    "a module of an environment": "environments/*/lib/python3.11/site-packages/shop*.py",
    "the runner of environments": "environments/runner-*/ops0_runner/job.py",
}
NOT_SEEN = {("a module of an environment", "of a newer format")}
"""An environment's files may grow: see whole_folder. They have no format of ops0's."""


def halved(path: Path) -> None:
    replaced(path, path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    replaced(path, bytes(data))


def replaced(path: Path, data: bytes) -> None:
    """Never written through: it may be a link to what is not the test's own."""
    path.unlink()
    path.write_bytes(data)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "in it").touch()


def to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("/nowhere/at/all")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "half of it": halved,
    "a bit flipped": flipped,
    "a folder in its place": a_folder,
    "empty": lambda path: replaced(path, b""),
    "gone": Path.unlink,
    "a link to nowhere": to_nowhere,
    "of a newer format": lambda path: replaced(path, b'{"v": 99, "format": 99}\n'),
}
QUICK = ("half of it", "a bit flipped", "a folder in its place")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """All that a cache holds, in ``good``; its images are taken from the engine before each case."""
    folder = tmp_path_factory.mktemp("torn")
    made = Shop(folder=folder, name=f"torn-{uuid.uuid4().hex[:8]}", registry="127.0.0.1:1/none")
    flow = made.project / "flow.py"
    flow.write_text(flow.read_text().replace("@ops0.step", "@ops0.step\n@ops0.cache"))
    for mode in ("--isolate", "--containers"):
        done = made.do("run", mode, "--json")
        assert done.code == 0, done.err
    shutil.copytree(folder / "cache", folder / "good", symlinks=True)
    yield made
    made.forget()


def digests(said: Said) -> dict[str, str]:
    return {step: one["digest"] for step, one in said.data["images"].items()}


@pytest.mark.parametrize("damage", DAMAGES if DEEP else QUICK)
def test_it_is_seen(shop: Shop, row: Callable[..., Row], damage: str) -> None:
    torn = row(f"what the cache holds: {damage}")
    wanted = digests(shop.do("build", "--json"))
    cases = [(kind,) for kind in KINDS] if DEEP else [tuple(KINDS)]
    for kinds in cases:
        cache = shop.folder / "cache"
        shutil.rmtree(cache)
        shutil.copytree(shop.folder / "good", cache, symlinks=True)
        for kind in kinds:
            if (kind, damage) not in NOT_SEEN:
                break_it(cache, kind, damage)
        shop.forget()
        judge(torn, shop, " and ".join(kinds), wanted)


def break_it(cache: Path, kind: str, damage: str) -> None:
    """All of that kind. What is empty by nature, or a link, can only be gone or something else."""
    paths = sorted(cache.glob(KINDS[kind]))
    assert paths, f"the cache holds nothing of the kind: {kind}"
    for path in paths:
        has_bytes = path.stat().st_size > 0 and not path.is_symlink()
        if has_bytes or damage not in ("half of it", "a bit flipped"):
            DAMAGES[damage](path)


def judge(row: Row, shop: Shop, what: str, wanted: dict[str, str]) -> None:
    """Each command is right at once: what is kept there can all be made again."""
    row.runs += 1
    before = len(row.lost) + len(row.wrong)
    runs = (("run", "--isolate"), ("run", "--isolate", "--no-cache"), ("run", "--containers"))
    for words in runs if DEEP else runs[:2]:
        done = shop.do(*words, "--json")
        if done.code != 0:
            row.lost.append(f"{what}: {words} {done.err[-600:]}")
        elif next(iter(done.data["results"].values())) != RIGHT:
            row.wrong.append(f"{what}: {words} {done.data['results']}")
    done = shop.do("build", "--json")
    if done.code != 0:
        row.lost.append(f"{what}: build {done.err[-600:]}")
    elif digests(done) != wanted:
        row.wrong.append(f"{what}: {digests(done)} instead of {wanted}")
    row.leaked += shop.half()
    row.survived += len(row.lost) + len(row.wrong) == before
