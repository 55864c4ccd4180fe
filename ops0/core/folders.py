"""Where ops0 keeps things on this machine. Reads the environment, writes nothing."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """What can be made again: wheels, staged contexts. ``OPS0_CACHE_DIR``, else ``$XDG_CACHE_HOME/ops0``."""
    return _folder("OPS0_CACHE_DIR", "XDG_CACHE_HOME", ".cache")


def state_dir() -> Path:
    """What cannot: runs with their logs, models. ``OPS0_STATE_DIR``, else ``$XDG_STATE_HOME/ops0``."""
    return _folder("OPS0_STATE_DIR", "XDG_STATE_HOME", ".local/state")


def home_dir() -> Path:
    """The user's own folder. ``/`` for one without, as containers have that run as a number: Docker says so too."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def _folder(own: str, xdg: str, fallback: str) -> Path:
    if os.environ.get(own):
        return Path(os.environ[own]).absolute()
    base = os.environ.get(xdg)
    return (Path(base) if base else home_dir() / fallback) / "ops0"
