"""Prints the table of the corpus; ``-v`` also what ops0 gets wrong; ``--write`` notes that in ``wrong.txt``."""

from __future__ import annotations

import sys

from measuring.answers import ask
from measuring.report import WRONG, measure


def main(arguments: list[str]) -> None:
    """Measure and print."""
    measured = measure(ask)
    print("\n".join(measured.table()))
    if "-v" in arguments:
        print("\n".join(("", *measured.mismatches())))
    if "--write" in arguments:
        WRONG.write_text("\n".join((*measured.mismatches(), "")), "utf-8")


main(sys.argv[1:])
