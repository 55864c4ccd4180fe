"""What is to be proven of each function of the corpus, as prove.py reads it, and how it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from measuring.answers import Analysed, analysed
from measuring.truth import Truth, read_truths

from ops0.core.analyzer.syntax.notebooks import module_file, parse_notebook
from ops0.core.notebooks.document import is_notebook
from ops0.host.tables import read_tables

Job = dict[str, Any]


def jobs_of(files: Iterable[Path]) -> dict[str, Job]:
    """The jobs of all functions of some files of the corpus."""
    every, found = read_truths(), dict[str, Job]()
    for file in files:
        truths = [one for one in every if one.file == file]
        with analysed(file, [one.function for one in truths]) as read:
            found |= jobs(read, truths)
    return found


def jobs(read: Analysed, truths: Iterable[Truth]) -> dict[str, Job]:
    """A job for each function of a file of which ops0 says anything, by its name in the corpus."""
    return {str(one): _job(read, one.function) for one in truths if one.function in read.facts}


def _job(analysis: Analysed, function: str) -> Job:
    project, facts = analysis.project, analysis.facts[function]
    needs = {need.name for need in analysis.needs[function].needs}
    entry, roots, read = project.entry, project.roots, project.source.read
    whole = {}
    if is_notebook(entry):  # its slice has the lines of its cells, below each other
        lines = parse_notebook(entry, read(entry) or b"").lines
        entry = module_file(entry, lambda _: False)
        whole[entry] = b"".join(lines).decode()
    files = {
        one.path: [one.text, whole.get(one.path) or (read(one.path) or b"").decode()]
        for one in facts.slices
    }
    # Code may put a folder on ``sys.path``, which has files and is no package.
    folders = (PurePosixPath(one.path).parent for one in facts.slices)
    added = [str(one) for one in folders if read(str(one / "__init__.py")) is None]
    return {
        "files": files,
        "data": {one.path: (read(one.path) or b"").decode("latin-1") for one in facts.data},
        "imported": {one.path: one.module for one in facts.slices if one.path != entry},
        "roots": list(dict.fromkeys((*roots, *added))),
        "file": entry,
        "module": next(one.module for one in facts.slices if one.path == entry),
        "function": function,
        "needs": sorted(needs),
        "standins": importable(needs),
    }


def importable(needs: Iterable[str]) -> list[list[str]]:
    """The imports that some distributions provide, and those below them that others do."""
    tables = read_tables()
    allowed = {
        prefix for name in needs for prefix in (*tables.provided_by(name), name.replace("-", "_"))
    }
    above = tuple(f"{one}." for one in allowed)
    foreign = {one for one in tables.imports if one.startswith(above) and one not in allowed}
    return [sorted(allowed - tables.namespaces), sorted(foreign)]


def prove(
    wanted: Mapping[str, Job], folder: Path, python: str = sys.executable
) -> dict[str, list[str]]:
    """What is wrong with each function: nothing for those that are proven. ``python``: of the environment."""
    here = Path(__file__).parent
    done = subprocess.run(
        [python, "-P", str(here / "prove.py")],
        input=json.dumps(wanted),
        env={
            **os.environ,
            "PROVING": str(folder),
            "PYTHONPATH": str(here),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found
