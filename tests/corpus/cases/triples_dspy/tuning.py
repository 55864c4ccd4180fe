"""Tunes the program by what a judge says of its triples."""

import json
import logging
import os
import re
from datetime import datetime
from typing import Dict, List, Tuple

import dspy
from dspy.teleprompt import BootstrapFewShot, MIPROv2
from openai import OpenAI

from program import Extractor, configure, key

logger = logging.getLogger(__name__)
JUDGE = "gpt-4o-mini"
_KNOWN: Dict[Tuple[str, str], float] = {}


def asked(gold: str, guess: str) -> float:
    if (gold, guess) in _KNOWN:
        return _KNOWN[gold, guess]
    client = OpenAI(api_key=key())
    answer = client.chat.completions.create(
        model=JUDGE, messages=[{"role": "user", "content": f"{gold}\n{guess}\nScore:"}], temperature=0.0
    )
    found = re.search(r"[01](?:\.\d+)?", answer.choices[0].message.content.strip())
    _KNOWN[gold, guess] = float(found.group(0)) if found else 0.0
    return _KNOWN[gold, guess]


def judged(example, guess, trace=None) -> float:
    text = guess if isinstance(guess, str) else json.dumps([one.model_dump() for one in guess.triples])
    gold = getattr(example, "expected", "").strip()
    return asked(gold, text) if gold else 0.0


class Tuning:
    def __init__(self, folder: str = "examples", out: str = "out"):
        self.folder = folder
        self.out = out
        self.program = Extractor()
        self.tuned = None

    def examples(self) -> List[dspy.Example]:
        found = []
        for name in sorted(os.listdir(self.folder)):
            with open(os.path.join(self.folder, name, "text.txt")) as file:
                text = file.read().strip()
            with open(os.path.join(self.folder, name, "triples.json")) as file:
                expected = json.dumps(json.load(file))
            found.append(dspy.Example(text=text, expected=expected).with_inputs("text"))
        return found

    def few_shots(self, train: List[dspy.Example]):
        return BootstrapFewShot(metric=judged, max_bootstrapped_demos=4).compile(self.program, trainset=train)

    def run(self):
        configure()
        examples = self.examples()
        train, rest = examples[5:], examples[:5]
        tuner = MIPROv2(metric=judged, auto="medium", max_bootstrapped_demos=4)
        self.tuned = tuner.compile(self.few_shots(train), trainset=train, valset=rest)
        score = dspy.Evaluate(devset=rest, metric=judged, display_progress=True, display_table=5)(self.tuned)
        logger.info(score)
        self.tuned.save(os.path.join(self.out, "program.json"))
        self._noted(float(score.score), train)

    def _noted(self, score: float, train: List[dspy.Example]):
        os.makedirs(self.out, exist_ok=True)
        with open(os.path.join(self.out, "results.json"), "w") as file:
            json.dump({"at": datetime.now().isoformat(), "score": score, "train": len(train)}, file)


if __name__ == "__main__":
    Tuning().run()
