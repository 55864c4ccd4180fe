"""Roll two dice many times and see which sum wins. Needs nothing but Python.

The edges are names: ``count_sums`` asks for ``dice``, which ``roll_dice`` makes, and ``summarise`` asks for ``sums``.
"""

from __future__ import annotations

import random
from collections import Counter

import ops0

BAR = 40


@ops0.step
def roll_dice(rolls: int = 10_000, seed: int = 7) -> list[int]:
    """Roll two dice ``rolls`` times and give the sums, 2 to 12. The same seed gives the same dice."""
    dice = random.Random(seed)  # noqa: S311 - a game, not a secret
    return [dice.randint(1, 6) + dice.randint(1, 6) for _ in range(rolls)]


@ops0.step
def count_sums(dice: list[int]) -> dict[str, int]:
    """How often each sum came up, by sum."""
    counts = Counter(dice)
    return {str(total): counts[total] for total in sorted(counts)}


@ops0.step
def summarise(sums: dict[str, int]) -> dict[str, object]:
    """The commonest sum, its share of all rolls, and a small chart."""
    rolls = sum(sums.values())
    commonest = max(sums, key=lambda total: sums[total])
    return {
        "rolls": rolls,
        "commonest": int(commonest),
        "share": round(sums[commonest] / rolls, 4),
        "chart": chart(sums),
    }


def chart(counts: dict[str, int]) -> list[str]:
    """One line a sum; the longest bar has BAR characters."""
    tallest = max(counts.values())
    return [f"{total:>2} {'#' * round(BAR * count / tallest)}" for total, count in counts.items()]


if __name__ == "__main__":  # plain functions stay plain functions
    print("\n".join(chart(count_sums(roll_dice()))))
