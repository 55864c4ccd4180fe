"""What of this Python's packages a step depends on: its distributions and all that they require, by version.

Of what was installed from a folder or an address the version says little: the same one may hold other code tomorrow. So
it goes with a digest, of an editable installation that of the files it is imported from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from ops0.core.digest import digest_of, sha256
from ops0.core.requirements.direct_url import read_direct_url
from ops0.core.requirements.names import canonicalize_name
from ops0.host.installed import editable_roots

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_NOT_CODE = ("__pycache__", "node_modules")


def installed_closure(names: Iterable[str]) -> Mapping[str, str | None]:
    """Name -> version of these distributions, and of what they require as far as it is installed; None: not here.

    Markers are not evaluated: a distribution that is installed and named counts. Sorted by name.
    """
    wanted = [canonicalize_name(name) for name in names]
    found: dict[str, str | None] = dict.fromkeys(wanted)
    while wanted:
        name = wanted.pop()
        version, required, roots = _facts(name)
        if version is None:
            continue
        found[name] = f"{version} {_digest_below(roots)}" if roots else version
        for one in required:
            if one not in found and _facts(one)[0] is not None:
                found[one] = None
                wanted.append(one)
    return dict(sorted(found.items()))


def bring(names: Iterable[str], wanted: str) -> tuple[str, ...]:
    """Those of some distributions that require another one, directly or through others: as far as it is installed."""
    name = canonicalize_name(wanted)
    return tuple(one for one in names if one != name and name in installed_closure([one]))


@lru_cache(maxsize=4096)
def _facts(name: str) -> tuple[str | None, tuple[str, ...], tuple[Path, ...]]:
    """The version, what is required, and of an editable installation the folders that hold its code."""
    try:
        told = metadata.distribution(name)
        matches = (_NAME.match(line) for line in told.requires or () if "extra ==" not in line)
        required = tuple(canonicalize_name(one.group()) for one in matches if one)
        origin = read_direct_url(told.read_text("direct_url.json"))
        if origin is None:
            return told.version, required, ()
        record = told.read_text("RECORD") or ""
        version = f"{told.version} {sha256(record.encode())}"  # RECORD has each file's digest
        if origin.source is None:
            return version, required, ()
        folder = Path(str(told.locate_file("")))
        return version, required, tuple(editable_roots(folder, record, Path(origin.source)))
    except Exception:  # noqa: BLE001 - broken metadata of somebody else's package: as good as not there
        return None, (), ()


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
