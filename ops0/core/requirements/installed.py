"""Which installed distribution provides which import, by its list of files. Many ship no ``top_level.txt``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

# Anchored at a line feed, which is searched for ten times faster than the start of a line.
_TOP_FOLDERS = re.compile(r"\n([A-Za-z_]\w*)/")
_TOP_MODULES = re.compile(r"\n([A-Za-z_]\w*)\.(?:py|(?:[\w.-]+\.)?so)(?=,|$)", re.MULTILINE)
_CODE = re.compile(r"^((?:[A-Za-z_]\w*/)+)([A-Za-z_]\w*)\.(?:py|(?:[\w.-]+\.)?so)(?=,|$)")
_INIT = re.compile(r"(?:py|(?:[\w.-]+\.)?so)(?=,|$)", re.MULTILINE)
_SCRIPTS = re.compile(r"\n(?:\.\./)+bin/([^/,\n]+)(?=,|$)", re.MULTILINE)
_MOST_PARTS = 4
_MOST_FOLDERS = 16

# Names that many distributions install by accident. They say nothing of who is meant.
_ACCIDENTS = frozenset(
    {
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "example",
        "examples",
        "sample",
        "samples",
        "benchmark",
    }
    | {
        "benchmarks",
        "scripts",
        "tools",
        "utils",
        "build",
        "dist",
        "src",
        "bin",
        "setup",
        "conftest",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledDistribution:
    """One distribution of the user's environment.

    name:   normalised;   origin: None for an index, else the folder or address it was installed from
    provides: dotted import prefixes, sorted;   scripts: the programs that it puts beside Python, sorted
    """

    name: str
    version: str
    provides: tuple[str, ...] = ()
    origin: str | None = None
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Installed:
    """An environment. ``distributions`` are sorted by name, one each: the first on the path hides the others."""

    distributions: tuple[InstalledDistribution, ...] = ()
    _owners: Mapping[str, tuple[InstalledDistribution, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _names: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        owners: dict[str, list[InstalledDistribution]] = defaultdict(list)
        for distribution in self.distributions:
            for prefix in distribution.provides:
                owners[prefix].append(distribution)
        frozen = {prefix: tuple(found) for prefix, found in owners.items()}
        object.__setattr__(self, "_owners", frozen)
        object.__setattr__(self, "_names", frozenset(one.name for one in self.distributions))

    @property
    def names(self) -> frozenset[str]:
        """Every distribution's name."""
        return self._names

    def version_of(self, name: str) -> str | None:
        """The version of a distribution that is installed, by its normal name."""
        return next((one.version for one in self.distributions if one.name == name), None)

    @property
    def imports(self) -> Iterable[str]:
        """Every known import prefix."""
        return self._owners

    @property
    def versions(self) -> dict[str, str]:
        """Name -> version of what came from an index."""
        return {one.name: one.version for one in self.distributions if one.origin is None}

    def owners(self, prefix: str) -> tuple[InstalledDistribution, ...]:
        """Who provides exactly this prefix."""
        return self._owners.get(prefix, ())

    def script_owner(self, program: str) -> InstalledDistribution | None:
        """Who installs a program of that name; None where nobody or several do."""
        found = [one for one in self.distributions if program in one.scripts]
        return found[0] if len(found) == 1 else None


def record_scripts(record: str) -> tuple[str, ...]:
    r"""The programs that a RECORD names.

    >>> record_scripts("six.py,,\n../../../bin/dbt,sha256=x,213")
    ('dbt',)
    """
    return tuple(sorted(_SCRIPTS.findall(f"\n{record}"))) if "/bin/" in record else ()


def record_prefixes(record: str, namespaces: frozenset[str] = frozenset()) -> tuple[str, ...]:
    r"""The import prefixes of one RECORD (or of a list of files, one a line).

    A regular package counts as one prefix; in a folder without ``__init__`` and in ``namespaces`` each
    package or module below counts for itself: ``google.cloud.storage``.

    >>> record_prefixes("six.py,,\ngoogle/auth/__init__.py,,\ngoogle/auth/jwt.py,,")
    ('google.auth', 'six')
    """
    folders, rest = _top_folders(record)
    prefixes = {name for name in _TOP_MODULES.findall(rest) if name not in _ACCIDENTS}
    deep = set()
    for folder in folders - _ACCIDENTS:
        if _has_init(record, folder):
            prefixes.add(folder)
            if folder not in namespaces:
                continue
        deep.add(folder)
    if deep:
        prefixes.update(_deep_prefixes(record, deep, namespaces))
    return tuple(sorted(prefixes))


def _top_folders(record: str) -> tuple[set[str], str]:
    """The folders in which a RECORD's files lie, and the lines of those that lie in none.

    A folder's lines are taken away at once: a RECORD has up to 10,000 of them, and looking at each costs a start 30 ms.
    """
    folders: set[str] = set()
    rest = f"\n{record}"
    for _ in range(_MOST_FOLDERS):
        found = _TOP_FOLDERS.search(rest)
        if found is None:
            return folders, rest
        folders.add(found[1])
        rest = rest.replace(f"\n{found[1]}/", ",")
    return folders.union(_TOP_FOLDERS.findall(rest)), rest


def _has_init(record: str, folder: str) -> bool:
    start = f"{folder}/__init__."
    at = record.find(start)
    while at >= 0:
        if (at == 0 or record[at - 1] == "\n") and _INIT.match(record, at + len(start)):
            return True
        at = record.find(start, at + 1)
    return False


def _deep_prefixes(record: str, tops: set[str], namespaces: frozenset[str]) -> Iterator[str]:
    files = [match for line in record.splitlines() if (match := _CODE.match(line))]
    packages = {match[1] for match in files if match[2] == "__init__"}
    for match in files:
        parts = match[1].split("/")[:-1]
        if parts[0] not in tops:
            continue
        for depth in range(1, min(len(parts), _MOST_PARTS) + 1):
            dotted = ".".join(parts[:depth])
            if "/".join(parts[:depth]) + "/" in packages:
                yield dotted
                if dotted not in namespaces:
                    break
        else:
            if match[2] != "__init__":
                yield f"{'.'.join(parts)}.{match[2]}"


def shared_prefixes(provided: Iterable[Iterable[str]]) -> frozenset[str]:
    """Prefixes that several distributions claim: read those one level deeper."""
    seen: set[str] = set()
    shared: set[str] = set()
    for prefixes in provided:
        names = set(prefixes)
        shared |= names & seen
        seen |= names
    return frozenset(shared)
