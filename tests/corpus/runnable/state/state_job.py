"""State that is built while the module is executed: order, closures, classes that know their heirs."""

import functools
import random

random.seed(11)
FIRST = random.randint(0, 99)


class Step:
    known = []

    def __init_subclass__(cls, **options):
        Step.known.append(cls.__name__)


class Load(Step):
    pass


class Save(Load):
    pass


def counter():
    total = 0

    def count():
        nonlocal total
        total += 1
        return total

    return count


count = counter()
count()
COUNTS = {}
for name in ("a", "b"):
    COUNTS[name] = count()


@functools.lru_cache(maxsize=None)
def drawn():
    return random.randint(0, 99)


def work():
    return [FIRST, drawn(), Step.known, COUNTS, count()]


def broken():
    return COUNTS["c"]  # HERE
