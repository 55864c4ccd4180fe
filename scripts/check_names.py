"""Which distributions that ops0's tables name are not on a list of those that an index has.

NAMES is a file with a name a line, more columns after a tab are not read: as a mirror of an index, or the people who
run one, give it. Nothing is asked over the network. Exits with 1 if a name is missing: it was misspelt when it was
written down, or has been taken from the index since. An image would not build with it, or with a stranger's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops0.core.requirements.lookup import resembles
from ops0.core.requirements.rules import Rule
from ops0.core.requirements.tables import Tables
from ops0.host.tables import read_tables


def named(tables: Tables) -> Iterator[tuple[str, str]]:
    """Every distribution that may come into an image by a table, with what names it."""
    for prefix, name in tables.imports.items():
        yield name, f"import {prefix}"
    for group in tables.rivals:
        yield from ((name, f"rival of {group[0]}") for name in group)
    for rule in tables.rules:
        yield from ((name, f"rule {rule.id}") for name in _needs(rule))
    for program, entry in tables.programs.items():
        yield from ((name, f"program {program}") for name in entry.needs)
    for prefix, names in tables.pipreqs.items():
        if prefix not in tables.distrusted | tables.imports.keys() and resembles(prefix, names[0]):
            yield names[0], f"pipreqs's mapping of {prefix}"
    yield from ((name, "system packages") for name in (*tables.system, *tables.bundled))


def _needs(rule: Rule) -> tuple[str, ...]:
    if rule.unpublished:
        return ()
    return (*rule.needs, *(name for case in rule.cases for name in case.needs if "{}" not in name))


def main(path: str) -> int:
    """Print what is missing; the exit code."""
    lines = Path(path).read_text("utf-8").splitlines()
    there = {canonicalize_name(line.partition("\t")[0]) for line in lines if line}
    found: dict[str, str] = {}
    for requirement, why in named(read_tables()):
        found.setdefault(canonicalize_name(Requirement(requirement).name), why)
    missing = {name: why for name, why in sorted(found.items()) if name not in there}
    for name, why in missing.items():
        print(f"{name}\t{why}")
    print(f"{len(found)} names, {len(missing)} missing", file=sys.stderr)
    return 1 if missing else 0


def asked(argv: list[str]) -> str:
    """The file that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip
    parser.add_argument("names", metavar="NAMES", help="a file with a name a line")
    path: str = parser.parse_args(argv).names
    if not Path(path).is_file():
        parser.error(f"{path}: there is no such file\nhint: name a file with a name a line")
    return path


if __name__ == "__main__":
    sys.exit(main(asked(sys.argv[1:])))
