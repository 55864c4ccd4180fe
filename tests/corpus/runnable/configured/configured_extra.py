"""Found by its name only."""

import tabulate  # of no use to names(), but a module found by name may be used for anything
import tomllib


def names():
    return sorted(tomllib.loads("b = 1\na = 2"))


def shown():
    return tabulate.tabulate([[1]])
