"""Small projects to lock, and the indexes that hold what they need, on loopback."""

from __future__ import annotations

from locking.distributions import a_folder, a_wheel, an_sdist
from locking.index import Index
from locking.project import TARGET, Project, a_pipeline, a_step, entry, sha256, stale, versions

__all__ = [
    "TARGET",
    "Index",
    "Project",
    "a_folder",
    "a_pipeline",
    "a_step",
    "a_wheel",
    "an_sdist",
    "entry",
    "sha256",
    "stale",
    "versions",
]
