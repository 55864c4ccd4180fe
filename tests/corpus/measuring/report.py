"""One run over the corpus: ops0 and the baselines, as scores and as lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring.answers import Answer
from measuring.baselines import names_and_calls, pipreqs_per_file
from measuring.score import Mismatch, Score, score_all, score_imports
from measuring.truth import CASES, Truth, read_truths

WRONG = CASES.parent / "wrong.txt"
"""What is known to be wrong, a line a function: ``-missing`` and ``+superfluous`` needs."""

Ask = Callable[[Path, Sequence[str]], Mapping[str, Answer]]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The corpus, and what was said of it: scores by who said it."""

    truths: tuple[Truth, ...]
    answers: Mapping[tuple[Path, str], Answer]
    all_kinds: Mapping[str, Score]
    imports_only: Mapping[str, Score]

    def table(self) -> Iterator[str]:
        """A line a score."""
        cases, files = ({getattr(one, key) for one in self.truths} for key in ("case", "file"))
        yield f"{len(self.truths)} functions of {len(files)} files in {len(cases)} cases"
        yield f"{'':38} exact   precision  recall"
        for title, scores in (("all kinds", self.all_kinds), ("imports only", self.imports_only)):
            for who, one in scores.items():
                yield f"{title:13} {who:24} {one.exact:6.1%}  {one.precision:6.1%}   {one.recall:6.1%}"
        apt = sum(one.apt <= self.answer(one).apt for one in self.truths if one.apt)
        yield f"Debian packages all there: {apt} of {sum(bool(one.apt) for one in self.truths)} functions"

    def answer(self, truth: Truth) -> Answer:
        """What ops0 said of a function; an empty answer where it does not know the name."""
        return self.answers.get((truth.file, truth.function), Answer(fault="no such function"))

    def mismatches(self) -> Iterator[str]:
        """What ops0 got wrong, a line a function."""
        for title, scores in (("all kinds", self.all_kinds), ("imports only", self.imports_only)):
            yield f"== {title}"
            yield from (self._line(one) for one in scores["ops0"].mismatches)
        yield "== Debian packages that were not said"
        for one in self.truths:
            if not one.apt <= self.answer(one).apt:
                yield f"{one}  {' '.join(sorted(one.apt - self.answer(one).apt))}"

    def _line(self, one: Mismatch) -> str:
        signs = [f"-{name}" for name in one.missing] + [f"+{name}" for name in one.superfluous]
        fault = self.answer(one.truth).fault
        return f"{one.truth}  {' '.join(signs)}" + (f"  ({fault})" if fault else "")


def measure(ask: Ask) -> Measured:
    """Ask ops0 and the baselines about every function of the corpus."""
    truths = read_truths()
    files = sorted({one.file for one in truths})
    functions = {file: [one.function for one in truths if one.file == file] for file in files}
    answers = {
        (file, name): answer
        for file in files
        for name, answer in ask(file, functions[file]).items()
    }
    given = {
        "pipreqs per file": {file: pipreqs_per_file(file) for file in files},
        "names and calls": {file: names_and_calls(file) for file in files},
    }

    def said(who: str, kind: str) -> Iterator[tuple[Truth, frozenset[str]]]:
        for one in truths:
            if who == "ops0":
                answer = answers.get((one.file, one.function), Answer())
                yield one, answer.all if kind == "all" else answer.imports
            else:
                yield one, given[who][one.file].get(one.function, frozenset())

    everyone = ("ops0", *given)
    return Measured(
        truths=truths,
        answers=answers,
        all_kinds={who: score_all(said(who, "all")) for who in everyone},
        imports_only={who: score_imports(said(who, "imports")) for who in everyone},
    )
