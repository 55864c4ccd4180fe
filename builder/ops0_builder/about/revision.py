"""The project's source and revision, asked from Git."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ops0.host import process

SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """What is checked out.

    commit: 40 or 64 hex digits;  changed: whether tracked files differ from it
    source: where the repository comes from, without credentials; "" where that is nowhere but here
    """

    commit: str
    changed: bool
    source: str = ""


def revision_of(root: Path) -> Revision | None:
    """What is checked out in a folder; None where that is no repository, or there is no Git."""
    try:
        commit = _git(root, "rev-parse", "--verify", "HEAD")
        if commit is None or not re.fullmatch(r"[0-9a-f]{40,64}", commit):
            return None
        changed = _git(root, "status", "--porcelain", "--untracked-files=no", "--", ".")
        source = _git(root, "config", "--get", "remote.origin.url")
    except (process.ProgramMissing, process.ProgramTimeout):
        return None
    return Revision(commit=commit, changed=changed != "", source=public_source(source or ""))


def public_source(url: str) -> str:
    """A remote as an address that says nothing secret: no user, password, query or fragment; "" for a path. Pure."""
    if "://" not in url:
        host, colon, path = url.partition(":")
        if not colon or "/" in host:
            return ""
        return f"ssh://{host.rpartition('@')[2]}/{path.lstrip('/')}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "ssh", "git"):
        return ""
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, place, parts.path, "", ""))


def _git(root: Path, *words: str) -> str | None:
    done = process.run(("git", "-C", str(root), *words), timeout=SECONDS)
    return done.out.strip() if done.code == 0 else None
