"""Slices give what the whole modules give, with nothing installed but what was inferred. See proving/__init__.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import pytest
from measuring.truth import CASES, read_truths
from proving import equal, linked
from proving.environments import HEAVY
from proving.equal import Pair

DEEP = os.environ.get("OPS0_TESTS") == "deep"
TRUTHS = read_truths()
INPUTS = {one.case: equal.read_inputs(one.case) for one in TRUTHS}
QUICK = (
    "sales_plain/sales.py",
    "house_trips/extract.py",
    "shop_warehouse/runner.py",
    "shadow_sensors/influxdb.py",
    "retail_redshift/src/transform.py",
)
"""Files whose functions need nothing that the environment of the tests has not."""
IMAGE = "ops0-base:3.11"


def pairs_of(files: list[Path], there: Collection[str]) -> dict[str, Pair]:
    found: dict[str, Pair] = {}
    for file in files:
        found |= equal.pairs(file, TRUTHS, frozenset(there))
    return {key: one for key, one in found.items() if one.names <= set(there)}


def compared(
    found: Mapping[str, Pair], site: Path, folder: Path, run: Callable[[Path], list[str]]
) -> list[str]:
    """What is not equal. ``site``: where all is installed; ``run``: the command for what is installed in a folder."""
    there = linked.installed_in(site)
    whole = equal.run_jobs({key: one.whole for key, one in found.items()}, run(site))
    sliced: dict[str, equal.Outcome] = {}
    for number, (needs, keys) in enumerate(equal.by_environment(found).items()):
        own = linked.link(linked.closure(needs, there), there, folder / str(number))
        sliced |= equal.run_jobs({key: found[key].sliced for key in keys}, run(own))
        shutil.rmtree(own)
    return list(equal.differences(whole, sliced))


@pytest.fixture(scope="module")
def installed() -> Path:
    """Where the environment of the tests has its distributions."""
    return Path(sysconfig.get_path("purelib"))


@pytest.mark.slow
def test_slices_give_what_the_whole_gives(installed: Path, tmp_path: Path) -> None:
    found = pairs_of([CASES / one for one in QUICK], linked.installed_in(installed))
    assert len(found) >= 17
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    wrong = compared(found, installed, tmp_path, lambda site: equal.here(site, scratch))
    assert wrong == [], "\n".join(wrong)


@pytest.mark.skipif(not DEEP, reason="installs gigabytes: OPS0_TESTS=deep")
@pytest.mark.slow
@pytest.mark.docker
@pytest.mark.parametrize("case", sorted(case for case, one in INPUTS.items() if one.calls))
def test_slices_give_in_containers_what_the_whole_gives(case: str, tmp_path: Path) -> None:
    files = sorted({one.file for one in TRUTHS if one.case == case})
    every = frozenset().union(*(one.all | one.optional for one in TRUTHS if one.case == case))
    light = {one for one in every - HEAVY - INPUTS[case].absent if "airflow" not in one}
    site, scratch = tmp_path / "installed", tmp_path / "scratch"
    scratch.mkdir()
    found = pairs_of(files, light)
    install(light | {need for one in found.values() for need in one.needs}, site)
    within = {key: one for key, one in found.items() if not one.apt}
    beside = {key: one for key, one in found.items() if one.apt}
    wrong = compared(within, site, tmp_path, lambda own: equal.contained(own, IMAGE))
    wrong += compared(beside, site, tmp_path, lambda own: equal.here(own, scratch))
    asked = sum(map(len, INPUTS[case].calls.values()))
    counts = f"{len(within)} in containers, {len(beside)} beside, {len(wrong)} wrong"
    print("\n".join((f"\n{case}: {asked} with inputs, {counts}", *wrong)))
    assert wrong == []
    assert len(found) == asked


def install(names: set[str], folder: Path) -> None:
    """Install distributions of this Python into a folder."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    words = [uv, "pip", "install", "-q", "--only-binary", ":all:", "--python-version", "3.11"]
    subprocess.run([*words, "--target", str(folder), *sorted(names)], check=True)


def test_every_function_has_an_input_or_a_reason() -> None:
    silent = []
    for one in TRUTHS:
        file = str(one.file.relative_to(CASES / one.case))
        inputs = INPUTS[one.case]
        has = one.function in inputs.calls.get(file, {})
        both = has and f"{file}:{one.function}" in inputs.why
        if both or not (has or inputs.reason(file, one.function)):
            silent.append(str(one))
    assert silent == []


def test_no_input_is_for_nothing() -> None:
    known = {
        (one.case, str(one.file.relative_to(CASES / one.case)), one.function) for one in TRUTHS
    }
    given = {
        (case, file, function)
        for case, inputs in INPUTS.items()
        for file, calls in inputs.calls.items()
        for function in calls
    }
    assert given - known == set()
    assert len(given) >= 250, Counter(case for case, _, _ in given)


@pytest.fixture
def one(installed: Path) -> Pair:
    file = CASES / "sales_plain" / "sales.py"
    return pairs_of([file], linked.installed_in(installed))["sales_plain/sales.py:per_shop"]


def outcome(job: dict[str, object], site: Path, scratch: Path) -> equal.Outcome:
    return equal.run_jobs({"one": job}, equal.here(site, scratch))["one"]


def test_the_proof_sees_another_value(one: Pair, installed: Path, tmp_path: Path) -> None:
    text = one.sliced["files"]["sales.py"].replace(".sum()", ".max()")
    other = one.sliced | {"files": {"sales.py": text}}
    whole, less = (outcome(job, installed, tmp_path) for job in (one.whole, other))
    (said,) = equal.differences({"one": whole}, {"one": less})
    assert said.startswith("one: the whole gives {'value'")


def test_the_proof_sees_a_need_that_is_missing(one: Pair, installed: Path, tmp_path: Path) -> None:
    there = linked.installed_in(installed)
    site = linked.link(linked.closure(["numpy"], there), there, tmp_path / "less")
    given = outcome(one.sliced, site, tmp_path)
    assert given == {"error": "ModuleNotFoundError", "text": "No module named 'pandas'", "places": []}  # fmt: skip


def test_the_proof_sees_a_file_that_is_written_otherwise() -> None:
    whole = {"one": {"value": "1", "written": {"a.csv": "1"}}}
    sliced = {"one": {"value": "1", "written": {"a.csv": "2"}}}
    assert list(equal.differences(whole, sliced)) != []


def test_a_whole_that_gives_no_value_proves_nothing() -> None:
    fails: dict[str, equal.Outcome] = {"one": {"error": "KeyError", "text": "", "places": []}}
    assert list(equal.differences(fails, fails)) != []
