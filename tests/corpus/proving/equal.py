"""Whether slices give what the whole modules give, with the inputs that stand beside the cases (``inputs.toml``)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli
from measuring.answers import analyse, nothing_installed, standing_alone
from measuring.truth import CASES, Truth
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops0.core.facts import Facts
from ops0.host.project import Project
from proving.jobs import importable

Outcome = dict[str, Any] | list[str]
HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """What stands in a case's ``inputs.toml``.

    calls:  file -> function -> a Python expression that calls it, in which all that its module holds can be named
    why:    ``file:function``, a file, or ``*`` -> why there is no input
    setup:  file -> statements that make files; absent: distributions that the whole module does with stand-ins for
    """

    calls: Mapping[str, Mapping[str, str]]
    why: Mapping[str, str]
    setup: Mapping[str, str]
    absent: frozenset[str]

    def reason(self, file: str, function: str) -> str | None:
        """Why a function has no input."""
        said = (self.why.get(key) for key in (f"{file}:{function}", file, "*"))
        return next((one for one in said if one), None)


def read_inputs(case: str) -> Inputs:
    """The inputs of a case; none where there is no file."""
    path = CASES / case / "inputs.toml"
    read = tomli.loads(path.read_text("utf-8")) if path.exists() else {}
    why, setup, absent = (read.pop(key, {}) for key in ("why", "setup", "absent"))
    return Inputs(calls=read, why=why, setup=setup, absent=frozenset(absent))


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """One function twice. ``needs`` (requirements) and ``apt`` are what was inferred."""

    whole: dict[str, Any]
    sliced: dict[str, Any]
    needs: tuple[str, ...]
    apt: tuple[str, ...]

    @property
    def names(self) -> set[str]:
        """The distributions that were inferred."""
        return {canonicalize_name(Requirement(one).name) for one in self.needs}


def pairs(file: Path, truths: Sequence[Truth], light: frozenset[str]) -> dict[str, Pair]:
    """The functions of a file that have inputs. ``light``: the distributions that are there for the whole module."""
    case, inside = file.relative_to(CASES).parts[0], "/".join(file.relative_to(CASES).parts[1:])
    inputs = read_inputs(case)
    calls = inputs.calls.get(inside, {})
    wanted = {one.function: one for one in truths if one.file == file and one.function in calls}
    if not wanted:
        return {}
    every = frozenset().union(*(one.all | one.optional for one in truths if one.case == case))
    with nothing_installed(), standing_alone(file) as here:
        read = analyse(here, list(wanted))
        if wanted.keys() - read.needs.keys():
            raise AssertionError(f"{file}: {read.faults}")
        needs, project = read.needs, read.project
        files = texts_in(project.root)
        missing = importable_by((every - light) | inputs.absent, files)
        facts = with_probes(here, wanted)
        found: dict[str, Pair] = {}
        for name, one in wanted.items():
            base = {
                "roots": list(project.roots),
                "module": next(s.module for s in facts[name].slices if s.path == project.entry),
                "setup": inputs.setup.get(inside, ""),
                "call": calls[name],
            }
            own = {need.name for need in needs[name].needs}
            texts = {s.path: s.text for s in facts[name].slices}
            data = {d.path: text_of(project, d.path) for d in facts[name].data}
            rest = importable_by(every - own, files) if "." in name else [[], []]
            found[str(one)] = Pair(
                whole=base | {"files": files, "standins": missing, "poisoned": False},
                sliced=base | {"files": data | texts, "standins": rest, "poisoned": "." in name},
                needs=tuple(sorted(need.requirement for need in needs[name].needs)),
                apt=tuple(sorted(need.name for need in needs[name].system)),
            )
        return found


def with_probes(here: Path, functions: Iterable[str]) -> dict[str, Facts]:
    """The facts of functions of a file; of one that stands in another, or in a class, those of the outermost."""
    inner = {name: f"probe_{name.partition('.')[0]}" for name in functions if "." in name}
    probes = {f"def {probe}():\n    return {probe[6:]}\n" for probe in inner.values()}
    text = here.read_text("utf-8")
    here.write_text("\n".join((text, *sorted(probes))), "utf-8")
    wanted = [inner.get(name, name) for name in functions]
    read = analyse(here, wanted)
    here.write_text(text, "utf-8")
    if set(wanted) - set(read.facts):
        raise AssertionError(f"{here}: {read.faults}")
    return {name: read.facts[inner.get(name, name)] for name in functions}


def importable_by(distributions: Iterable[str], files: Mapping[str, str]) -> list[list[str]]:
    """What a project's own files import of some distributions: libraries look for others by themselves."""
    allowed, foreign = importable(distributions)
    asked = set(re.findall(r"^\s*(?:import|from)\s+(\w+)", "\n".join(files.values()), re.MULTILINE))
    return [[one for one in allowed if one.partition(".")[0] in asked], foreign]


def texts_in(root: Path) -> dict[str, str]:
    """All files of a project, but what is the corpus' own."""
    own = {"truth.toml", "inputs.toml"}
    paths = [one for one in root.rglob("*") if one.is_file() and one.name not in own]
    return {one.relative_to(root).as_posix(): one.read_text("utf-8") for one in paths}


def text_of(project: Project, path: str) -> str:
    """A data file's text."""
    return (project.source.read(path) or b"").decode()


def run_jobs(jobs: Mapping[str, Any], words: Sequence[str]) -> dict[str, Outcome]:
    """What jobs give. ``words``: the command that runs them."""
    done = subprocess.run(
        words,
        input=json.dumps(jobs),
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    given: dict[str, Outcome] = json.loads(done.stdout)
    return given


SETTINGS = ("MPLBACKEND=Agg", "PYTHONHASHSEED=0", "OMP_NUM_THREADS=1", "SOURCE_DATE_EPOCH=0")
PYTHON = ("-S", "-s", "-P")
"""No installed distribution is importable, but those of the folder that ``run.py`` is told."""


def here(site: Path, scratch: Path) -> list[str]:
    """The command that runs jobs in a process. ``scratch``: where they may write."""
    own = (f"PROVING={scratch}", f"HOME={scratch}")
    return ["env", *SETTINGS, *own, sys.executable, *PYTHON, str(HERE / "run.py"), str(site)]


def contained(site: Path, image: str) -> list[str]:
    """The command that runs jobs in a container without a network."""
    told = [f"--env={one}" for one in (*SETTINGS, "PROVING=/tmp", "HOME=/tmp")]
    mounts = [f"--volume={HERE}:/proving:ro", f"--volume={site}:/installed:ro"]
    words = ["docker", "run", "--rm", "--interactive", "--network=none", "--user=0", "--workdir=/tmp"]  # fmt: skip
    return [*words, *told, *mounts, image, "python", *PYTHON, "/proving/run.py", "/installed"]


def by_environment(found: Mapping[str, Pair]) -> dict[tuple[str, ...], list[str]]:
    """The functions that have the same needs."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for key, pair in found.items():
        groups.setdefault(pair.needs, []).append(key)
    return groups


def differences(whole: Mapping[str, Outcome], sliced: Mapping[str, Outcome]) -> Iterable[str]:
    """A line a function whose slice gives something else, or whose whole gives nothing."""
    for key, one in whole.items():
        if not isinstance(one, dict) or "value" not in one:
            yield f"{key}: the whole gives no value: {one}"
        elif one != sliced[key]:
            yield f"{key}: the whole gives {one}\n    the slice {sliced[key]}"
