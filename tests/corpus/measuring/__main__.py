"""Prints the table of the corpus and, with ``-v``, every function of which something wrong was said."""

from __future__ import annotations

import sys

from measuring.answers import ask
from measuring.report import measure


def main(arguments: list[str]) -> None:
    """Measure and print."""
    measured = measure(ask)
    print("\n".join(measured.table()))
    if "-v" in arguments:
        print("\n".join(("", *measured.mismatches())))


main(sys.argv[1:])
