"""``ops0 init``: a project that runs."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from ops0.core.errors import SettingsError
from ops0.core.fit_name import fit_name
from ops0.host.disk import NotWritable

PIPELINE = '''"""A first pipeline: ``ops0 run`` runs it.

Edges are names: ``clean`` asks for ``rows``, which ``load_rows`` makes.
"""

import statistics

import ops0


@ops0.step
def load_rows(count: int = 10) -> list[float]:
    """Replace this with your own data."""
    return [number * 1.5 for number in range(count)]


@ops0.step
def clean(rows: list[float]) -> list[float]:
    """Drop what cannot be right."""
    return [row for row in rows if row > 0]


@ops0.step
def summarise(clean: list[float]) -> dict[str, float]:
    """The last step's value is the pipeline's result."""
    return {"count": len(clean), "mean": statistics.mean(clean)}
'''

SETTINGS = """# All settings: ops0 help settings
name = "{name}"
pipeline = "pipeline.py"
python = "{python}"
"""


_ELSEWHERE = "name another folder: ops0 init FOLDER"


class NotEmpty(SettingsError):
    """A file that ``ops0 init`` would write is there already."""

    exit_code = 4

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: is there already", _ELSEWHERE)
        self.path = path


@click.command("init", short_help="Write a small pipeline project that runs.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
def command(folder: Path) -> None:
    """Start a small pipeline project that runs.

    Nothing that is there already is touched.
    """
    name = fit_name(folder.resolve().name, "first")
    python = "{}.{}".format(*sys.version_info[:2])
    files = {"pipeline.py": PIPELINE, "ops0.toml": SETTINGS.format(name=name, python=python)}
    for name in files:
        if (folder / name).exists():
            raise NotEmpty(folder / name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text)
    except OSError as fault:
        fact = (fault.strerror or str(fault)).lower()
        raise NotWritable(str(fault.filename or folder), fact, _ELSEWHERE) from fault
    where = "" if folder == Path() else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"Written: {', '.join(str(folder / name) for name in files)}", err=True)
    click.echo(f"Run it: {where}ops0 run", err=True)
