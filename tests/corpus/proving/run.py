"""Runs functions of projects and tells what they give: reads jobs as JSON, writes outcomes as JSON. Needs only Python.

A job: ``files`` (path: text), ``roots``, ``module``, ``setup`` (statements), ``call`` (an expression), ``standins``
(imports that stand-ins are for, if nothing else provides them), ``poisoned`` (whether they only let the module be
imported, and fail when the call uses them). An outcome: a value's portrait and what was written, or the
exception and the project's lines that it came through. The arguments: folders of what is installed.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import json
import os
import site
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from portrait import portrait
from prove import in_child, lay_out
from standins import Finder, poison

del sys.path[0]

USUAL = {"np": "numpy", "pd": "pandas", "pl": "polars", "sa": "sqlalchemy"}
TEXTS = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".yaml", ".toml", ".md", ".srt"}
"""Files that are compared by what is in them; others, that hold times, by their names."""


SLOW = ("numpy", "pandas")
"""Imported once for all jobs, where they are there at all."""


class Names(dict):  # type: ignore[type-arg]
    """What a call may name: what its module holds, Python's own, and modules, imported when they are named."""

    def __missing__(self, name: str) -> Any:
        return importlib.import_module(USUAL.get(name, name))


def main(installed: list[str]) -> None:
    """All jobs of the standard input."""
    for one in installed:
        site.addsitedir(one)
    for one in SLOW:
        with contextlib.suppress(ImportError):
            importlib.import_module(one)
    jobs = json.load(sys.stdin)
    said = {key: in_child(lambda job=job: outcome(job), 120) for key, job in jobs.items()}
    json.dump(said, sys.stdout)


def outcome(job: dict[str, Any]) -> dict[str, Any]:
    """Lay a project out, import the module, make the call."""
    folder = lay_out(job["files"], job["roots"])
    sys.meta_path.append(Finder(*job["standins"]))
    seed()
    names = Names(vars(builtins))
    exec(job["setup"], names)
    there = set(folder.rglob("*"))
    try:
        names.update(vars(importlib.import_module(job["module"])))
        if job["poisoned"]:
            poison()
        seed()
        given = portrait(eval(job["call"], names))
    except Exception as fault:
        text = plain(str(fault), folder)
        return {"error": type(fault).__name__, "text": text, "places": places(fault, folder)}
    return {"value": plain(json.dumps(given), folder), "written": written(folder, there)}


def seed() -> None:
    """Let what is drawn by chance be the same each time."""
    importlib.import_module("random").seed(0)
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "__file__"):  # no stand-in
        numpy.random.seed(0)


def places(fault: BaseException, folder: Path) -> list[str]:
    """The project's lines that an exception came through."""
    frames = traceback.extract_tb(fault.__traceback__)
    within = [one for one in frames if one.filename.startswith(str(folder))]
    return [f"{Path(one.filename).relative_to(folder)}:{one.lineno}" for one in within]


def written(folder: Path, before: set[Path]) -> dict[str, str]:
    """The files that were made, texts with what is in them."""
    made = [one for one in set(folder.rglob("*")) - before if one.is_file()]
    return {
        str(one.relative_to(folder)): plain(one.read_text("utf-8"), folder)
        if one.suffix in TEXTS
        else f"{one.stat().st_size > 0}"
        for one in sorted(made)
        if "__pycache__" not in one.parts
    }


def plain(text: str, folder: Path) -> str:
    """A text without the folder's name, which is another each time."""
    return text.replace(str(folder), os.curdir)


if __name__ == "__main__":
    main(sys.argv[1:])
