"""Where and how a project is built, as a value, and the ways in which one place differs from another."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

NOBODY = 4321
"""A user that this machine does not know."""
OTHER_TIME = 1_000_000_000
"""Seconds: September 2001, for the files of a checkout."""

SLEEPING = "sleeping"
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds) and None\n"
"""libfaketime 0.9.10 refuses the call behind Python's time.sleep (clock_nanosleep of the monotonic clock)."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place to build at.

    folder:   an empty folder; the project goes below it, ops0's cache beside it
    below:    the project's path in it
    prefix:   programs that start the command, the outermost first
    backward: the project's files are made in the opposite order
    mtime:    the time of all the project's files, or what the copy gives
    owner:    the user whose files they are
    """

    folder: Path
    below: str = "project"
    env: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    backward: bool = False
    mtime: int | None = None
    owner: int = 0


Change = Callable[[Place], Place]


def umask(place: Place) -> Place:
    """Nobody but the owner may read what is written."""
    return replace(place, prefix=(*place.prefix, "sh", "-c", 'umask 077; exec "$@"', "sh"))


def mtime(place: Place) -> Place:
    """The checkout is from another year."""
    return replace(place, mtime=OTHER_TIME)


def path(place: Place) -> Place:
    """A longer path, with spaces and letters beyond ASCII."""
    return replace(place, below="somewhere else/täglich/a.b/the project")


def order(place: Place) -> Place:
    """Files are made in another order, so that folders list them otherwise; and hashes of strings differ."""
    return replace(place, backward=True, env={**place.env, "PYTHONHASHSEED": "77"})


def locale(place: Place) -> Place:
    """Another language and time zone."""
    own = {"LC_ALL": "POSIX", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"}
    return replace(place, env={**place.env, **own})


def user(place: Place) -> Place:
    """Another user, who may use the engine's socket, and read what root may read: a checkout in root's home."""
    group = str(Path("/var/run/docker.sock").stat().st_gid)
    argv = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", f"--groups={group}")
    caps = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
    env = {**place.env, "HOME": str(place.folder)}
    return replace(place, prefix=(*argv, *caps, *place.prefix), owner=NOBODY, env=env)


def clock(library: Path) -> Change:
    """Two years later, for all programs that ask the C library (libfaketime). Apply it last, for it is the user's."""
    own = (
        f"LD_PRELOAD={library}",
        "FAKETIME=+2y",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
        f"PYTHONPATH={library.parent / SLEEPING}",
    )

    def change(place: Place) -> Place:
        return replace(place, prefix=(*place.prefix, "env", *own))

    return change


def engine(address: str) -> Change:
    """Another engine."""
    return lambda place: replace(place, env={**place.env, "DOCKER_HOST": address})


def settle(place: Place, project: Path, wheels: Path) -> Path:
    """Copy a project, and the wheels that it needs into a cache of the place's own. Gives the project's new folder."""
    new = place.folder / place.below
    for origin in sorted(project.rglob("*"), reverse=place.backward):
        if origin.is_file() and "__pycache__" not in origin.parts:
            target = new / origin.relative_to(project)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(origin, target)
    if wheels.is_dir():
        shutil.copytree(wheels, place.folder / "cache" / wheels.name)
    for one in (place.folder, *place.folder.rglob("*")):
        if place.mtime is not None and new in one.parents:
            os.utime(one, (place.mtime, place.mtime))
        os.chown(one, place.owner, place.owner)
        one.chmod(one.stat().st_mode | stat.S_IRUSR | stat.S_IWUSR)
    return new


def environment(place: Place, env: Mapping[str, str]) -> dict[str, str]:
    """What a command sees there: the given environment with the place's own."""
    folders = {"OPS0_CACHE_DIR": str(place.folder / "cache")}
    folders["OPS0_STATE_DIR"] = str(place.folder / "state")
    return {**env, **folders, **place.env}


def fetch_faketime(folder: Path) -> Path | None:
    """libfaketime's library from Debian's archive, unpacked into a folder; None where apt does not have it."""
    for argv in (
        ["apt-get", "download", "-qq", "libfaketime"],
        ["sh", "-c", "dpkg-deb -x libfaketime_*.deb ."],
    ):
        done = subprocess.run(argv, cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            return None
    library = next(folder.glob("usr/lib/*/faketime/libfaketime.so.1"), None)
    if library is not None:
        (library.parent / SLEEPING).mkdir()
        (library.parent / SLEEPING / "sitecustomize.py").write_text(SLEEP)
    return library
