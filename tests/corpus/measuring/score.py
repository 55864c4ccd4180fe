"""How right a set of answers is: exact functions, and needs by precision and recall. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from measuring.truth import Truth, as_one

Said = tuple[Truth, frozenset[str]]
"""A function's truth, and the distributions that were said of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mismatch:
    """A function of which something wrong was said."""

    truth: Truth
    missing: tuple[str, ...]
    superfluous: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """Counts over functions and over needs, all kinds together, and what was wrong."""

    functions: int
    right: int
    superfluous: int
    missing: int
    mismatches: tuple[Mismatch, ...]

    @property
    def exact(self) -> float:
        """Share of functions of which exactly the truth was said."""
        return (self.functions - len(self.mismatches)) / self.functions

    @property
    def precision(self) -> float:
        """Share of what was said that is true."""
        return self.right / max(1, self.right + self.superfluous)

    @property
    def recall(self) -> float:
        """Share of the truth that was said."""
        return self.right / max(1, self.right + self.missing)


def score_all(said: Iterable[Said]) -> Score:
    """All kinds of need."""
    return _score((truth, truth.all, truth.optional, names) for truth, names in said)


def score_imports(said: Iterable[Said]) -> Score:
    """Needs that imports show. What is hidden in the truth may be said too: not every annotation runs."""
    return _score(
        (truth, truth.imports, truth.optional | truth.hidden, names) for truth, names in said
    )


def _score(
    rows: Iterable[tuple[Truth, frozenset[str], frozenset[str], frozenset[str]]],
) -> Score:
    functions = right = superfluous = missing = 0
    mismatches: list[Mismatch] = []
    for truth, wanted, allowed, names in rows:
        want = as_one(wanted)
        said = as_one(names) - (as_one(allowed) - want)
        functions += 1
        right += len(said & want)
        superfluous += len(said - want)
        missing += len(want - said)
        if said != want:
            mismatches.append(
                Mismatch(
                    truth=truth,
                    missing=tuple(sorted(want - said)),
                    superfluous=tuple(sorted(said - want)),
                )
            )
    return Score(
        functions=functions,
        right=right,
        superfluous=superfluous,
        missing=missing,
        mismatches=tuple(mismatches),
    )
