"""The tables that distributions are named by, from the disk."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ops0.core import requirements
from ops0.core.requirements.conda import CondaNames, parse_conda_names
from ops0.core.requirements.tables import Tables, parse_tables
from ops0.host.pipreqs import pipreqs_mapping


@cache
def read_tables() -> Tables:
    """The tables that ops0 ships, and the mapping of the pipreqs that is installed with it."""
    folder = Path(requirements.__file__).parent
    return parse_tables(
        distributions=(folder / "distributions.toml").read_text("utf-8"),
        rules=(folder / "rules.toml").read_text("utf-8"),
        system=(folder / "system.toml").read_text("utf-8"),
        programs=(folder / "programs.toml").read_text("utf-8"),
        pipreqs=pipreqs_mapping(),
    )


@cache
def read_conda_names() -> CondaNames:
    """What packages of conda are called elsewhere, with the distributions that the other tables know."""
    text = (Path(requirements.__file__).parent / "conda_names.toml").read_text("utf-8")
    return parse_conda_names(text, read_tables().distributions)
