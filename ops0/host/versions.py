"""What of this Python's packages a step depends on: its distributions and all that they require, by version.

Of what was installed from a folder or an address the version says little: the same one may hold other code tomorrow. So
it goes with a digest, of an editable installation that of the files it is imported from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from ops0.core.digest import digest_of, sha256
from ops0.core.requirements.direct_url import read_direct_url
from ops0.core.requirements.names import canonicalize_name
from ops0.host.installed import editable_roots

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_NOT_CODE = ("__pycache__", "node_modules")


@dataclass(frozen=True, slots=True)
class _Facts:
    """One distribution. ``roots``: of an editable installation the folders that hold its code."""

    version: str
    required: tuple[str, ...]
    roots: tuple[Path, ...] = ()


class InstalledPackages:
    """What is installed beside ops0, each distribution as it was when it was first asked for.

    One for a run, not for a process: in a kernel the next run may find another version.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Facts | None] = {}

    def closure(self, names: Iterable[str]) -> Mapping[str, str | None]:
        """Name -> version of these, and of what they require as far as it is installed; None: not here.

        Markers are not evaluated: a distribution that is installed and named counts. Sorted by name.
        """
        wanted = [canonicalize_name(name) for name in names]
        found: dict[str, str | None] = dict.fromkeys(wanted)
        while wanted:
            name = wanted.pop()
            facts = self._facts(name)
            if facts is None:
                continue
            below = _digest_below(facts.roots) if facts.roots else ""
            found[name] = f"{facts.version} {below}".rstrip()
            for one in facts.required:
                if one not in found and self._facts(one) is not None:
                    found[one] = None
                    wanted.append(one)
        return dict(sorted(found.items()))

    def bring(self, names: Iterable[str], wanted: str) -> tuple[str, ...]:
        """Those of some that require another one, directly or through others: as far as it is installed."""
        name = canonicalize_name(wanted)
        return tuple(one for one in names if one != name and name in self.closure([one]))

    def _facts(self, name: str) -> _Facts | None:
        """None for what is not here."""
        if name not in self._known:
            self._known[name] = _read(name)
        return self._known[name]


def _read(name: str) -> _Facts | None:
    try:
        told = metadata.distribution(name)
        if not told.version:
            return None
        matches = (_NAME.match(line) for line in told.requires or () if "extra ==" not in line)
        required = tuple(canonicalize_name(one.group()) for one in matches if one)
        origin = read_direct_url(told.read_text("direct_url.json"))
        if origin is None:
            return _Facts(told.version, required)
        record = told.read_text("RECORD") or ""
        version = f"{told.version} {sha256(record.encode())}"  # RECORD has each file's digest
        if origin.source is None:
            return _Facts(version, required)
        folder = Path(str(told.locate_file("")))
        roots = editable_roots(folder, record, Path(origin.source))
        return _Facts(version, required, tuple(roots))
    except Exception:  # noqa: BLE001 - broken metadata of somebody else's package: as good as not there
        return None


def _digest_below(roots: Iterable[Path]) -> str:
    """Over the names and contents of the code below some folders, as they are now."""
    return digest_of(
        [
            [str(path.relative_to(root)), sha256(path.read_bytes())]
            for root in roots
            for path in _code_in(root)
        ]
    )


def _code_in(root: Path) -> Iterator[Path]:
    """The files of its modules and packages, sorted: no hidden folder, none beside them that is no package."""
    for one in sorted(root.iterdir()):
        if one.suffix == ".py" and one.is_file():
            yield one
        elif one.is_dir() and (root.name == "src" or (one / "__init__.py").is_file()):
            yield from _files_below(one)


def _files_below(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in _NOT_CODE and one[0] != ".")
        for name in sorted(files):
            path = Path(where, name)
            if not name.endswith(".pyc") and path.is_file():
                yield path
