"""What is to be proven of each function of the corpus, as prove.py reads it, and how it is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from measuring.answers import ask_each, facts_of, nothing_installed, standing_alone
from measuring.truth import Truth

from ops0.cli import function_needs
from ops0.cli.work import open_work
from ops0.core.analyzer.syntax.notebooks import module_file, parse_notebook
from ops0.core.facts import Facts
from ops0.core.notebooks.document import is_notebook
from ops0.host.project import Project
from ops0.host.tables import read_tables

Job = dict[str, Any]


def jobs(file: Path, truths: Iterable[Truth]) -> dict[str, Job]:
    """A job for each function of a file of which ops0 says anything, by its name in the corpus."""
    wanted = {one.function: one for one in truths}
    with nothing_installed(), standing_alone(file) as here:
        needs, _ = ask_each(
            here, list(wanted), lambda one: function_needs.requirements_of(one).needs
        )
        facts, _ = ask_each(here, list(wanted), facts_of)
        project = open_work(str(here)).project
        return {
            str(one): _job(project, name, facts[name], {need.name for need in needs[name].needs})
            for name, one in wanted.items()
            if name in facts and name in needs
        }


def _job(project: Project, function: str, facts: Facts, needs: set[str]) -> Job:
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
    foreign = {
        prefix
        for prefix in tables.imports
        if prefix not in allowed and any(prefix.startswith(f"{one}.") for one in allowed)
    }
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
