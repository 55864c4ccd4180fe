"""Whose settings files are taken.

Settings are looked for in every folder above a pipeline, and one of these may be anybody's to write to, as ``/tmp``.
What stands there would say what a build installs and whom a run's secrets are sent to. So a file counts only if it is
this user's or root's, or of somebody who could change the pipeline anyway. Git asks the same of a repository
(``safe.directory``); unlike there, a checkout that is another user's as a whole is taken, as CI has it in containers.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops0.core.errors import SettingsError

_VARIABLE = "OPS0_SAFE_FOLDERS"


class ForeignSettings(SettingsError):
    """A settings file above the pipeline belongs to somebody else."""

    exit_code = 6

    def __init__(self, path: Path, owner: int) -> None:
        super().__init__(
            f"{path}: belongs to {_user(owner)}, not to you, root or the owner of the pipeline: not read",
            f"if you trust it: export {_VARIABLE}={path.parent}; "
            "else move the pipeline to a folder that others cannot write above",
        )
        self.path, self.owner = path, owner


@dataclass(frozen=True, kw_only=True, slots=True)
class Trusted:
    """Whose files count. ``folders``: in and below these everybody's do."""

    users: frozenset[int]
    folders: tuple[Path, ...] = ()

    def stranger(self, path: Path) -> int | None:
        """Who else owns a file, or the link that leads to it; None for none, and where it is not there."""
        if any(path.is_relative_to(folder) for folder in self.folders):
            return None
        for ask in (os.lstat, os.stat):
            try:
                owner = ask(path).st_uid
            except OSError:
                return None
            if owner not in self.users:
                return owner
        return None


def trusted_for(pipeline: Path, environ: Mapping[str, str] | None = None) -> Trusted:
    """Who is trusted for a pipeline file, which may be missing, or for a folder where none is named.

    The owner of the file and that of its folder can change the pipeline itself. Root by ``sudo`` is also the user who
    called it.
    """
    env = os.environ if environ is None else environ
    users = {0, os.geteuid()}
    sudo = env.get("SUDO_UID", "")
    if os.geteuid() == 0 and sudo.isascii() and sudo.isdigit():
        users.add(int(sudo))
    for place in (pipeline,) if pipeline.is_dir() else (pipeline, pipeline.parent):
        with suppress(OSError):
            users.add(place.stat().st_uid)
    named = [Path(one) for one in env.get(_VARIABLE, "").split(os.pathsep) if one]
    return Trusted(users=frozenset(users), folders=tuple(one.resolve() for one in named))


def _user(number: int) -> str:
    try:
        return f"user {pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"user {number}"
