"""Candidates for rules out of unpacked wheels, held against the rules that there are.

    pip download --no-deps --only-binary=:all: --dest wheels NAME...
    for one in wheels/*.whl; do unzip -q "$one" -d "unpacked/$(basename "$one" .whl)"; done
    PYTHONPATH=scripts python -m hidden_needs unpacked

FOLDER holds a folder for each wheel. What a library always brings is taken from the metadata of all of them, so the
more are there, the less is said in vain. Nothing is run or imported of them, and nothing asked over the network.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from hidden_needs.candidates import Candidate, find_candidates
from hidden_needs.holding import verdict
from hidden_needs.library import brought_by, read_library
from hidden_needs.naming import unknown_names
from hidden_needs.scopes import read_scopes
from ops0.core.requirements.rule_set import RuleSet
from ops0.core.requirements.rules import Rule
from ops0.host.tables import read_tables


def decided(candidate: Candidate) -> str:
    """What the need depends on, for people."""
    tests = " and ".join(f"{one.argument}={'|'.join(one.texts)}" for one in candidate.when)
    words = [f"{tests}{' (default)' if candidate.default else ''}" or "always"]
    return ", ".join(words if candidate.sure else [*words, "sometimes"])


def unknown_to(folder: Path, only: frozenset[str], rules: Iterable[Rule]) -> Iterator[str]:
    """Lines of names that rules have and the libraries have not."""
    for wheel in wheels_in(folder):
        if not only or read_library(wheel, modules=False).name in only:
            library = read_library(wheel)
            for rule, name in unknown_names(read_scopes(library), rules):
                yield f"{library.name}\t{rule}\t{name}"


def told(candidate: Candidate) -> str:
    """A candidate's names, a method's with a dot in front, and where it was seen."""
    dot = "." if candidate.method else ""
    return f"    {dot}{' '.join(candidate.names[:3])}\t{' '.join(candidate.sources)}"


def wheels_in(folder: Path) -> list[Path]:
    """The folders of wheels, sorted."""
    return [one for one in sorted(folder.iterdir()) if any(one.glob("*.dist-info"))]


def candidates_of(folder: Path, only: frozenset[str]) -> Iterator[tuple[str, Candidate]]:
    """The candidates of all wheels, or of those that are asked for, with the distribution's name."""
    read = [(one, read_library(one, modules=False)) for one in wheels_in(folder)]
    libraries = {library.name: library for _, library in read}
    imports = read_tables().imports
    for wheel, library in read:
        if not only or library.name in only:
            brought = brought_by(libraries, library.name)
            scopes = read_scopes(read_library(wheel))
            yield from ((library.name, one) for one in find_candidates(scopes, brought, imports))


def main(argv: list[str]) -> int:
    """Print the candidates, or the names that nobody has; the exit code."""
    asked = _parsed(argv)
    rules, only = read_tables().rules, frozenset(asked.only)
    if asked.names:
        for line in unknown_to(asked.folder, only, rules):
            print(line, flush=True)
        return 0
    held = RuleSet(rules)
    counted: Counter[str] = Counter()
    found = candidates_of(asked.folder, only)
    for name, candidates in groupby(found, key=itemgetter(0)):
        grouped: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for _, candidate in candidates:
            said, others = verdict(candidate, held)
            counted[said if candidate.sure else "sometimes"] += 1
            if asked.all or (candidate.sure and said != "covered"):
                words = f"{said}: {', '.join(others)}" if said == "other" else said
                need = f"{candidate.need}{candidate.bounds}"
                grouped[name, need, words, decided(candidate)].append(told(candidate))
        for key, lines in sorted(grouped.items()):
            print("\t".join(key), *lines, sep="\n", flush=True)
    print(
        ", ".join(f"{number} {kind}" for kind, number in sorted(counted.items())), file=sys.stderr
    )
    return 0


def _parsed(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="hidden_needs", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, help="a folder with a folder for each unpacked wheel"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="DIST", help="of these wheels alone"
    )
    parser.add_argument(
        "--all", action="store_true", help="also what rules cover, and what is needed sometimes"
    )
    parser.add_argument(
        "--names", action="store_true", help="only names in rules that the libraries do not have"
    )
    asked = parser.parse_args(argv)
    if not asked.folder.is_dir():
        parser.error(
            f"{asked.folder}: there is no such folder\nhint: unpack wheels into it, each into its own"
        )
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
