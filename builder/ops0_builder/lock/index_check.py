"""Whether the package index answers: asked as a lock would ask it, with the user's own settings."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ops0_builder.lock.tools import user_tools
from ops0_builder.lock.uv_program import Unsatisfiable

_ASKED = "pip"
"""A distribution that most indexes have; one that has it not answers as well."""


def ask_index(root: Path) -> bool:
    """Ask the index for one distribution, and give whether one was asked. Nothing of an earlier answer counts.

    root:   the project's; uv's settings are looked for from there upwards
    raises: IndexUnreachable and its kinds; PipFailed, ResolverFailed, SettingsError for settings that cannot be read
    """
    tools = user_tools(root, progress=lambda _line: None)
    if tools.uv.is_offline:
        return False
    with suppress(Unsatisfiable):
        tools.uv.compile([_ASKED], None, ("--no-deps", "--refresh"))
    return True
