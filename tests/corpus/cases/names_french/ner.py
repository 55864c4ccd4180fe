from typing import Dict, List, Tuple

import pandas as pd
import spacy
from spacy.training import Example
from spacy.util import compounding, minibatch

from config import DATA, MODELS


class Trainer:
    def __init__(self):
        self.rows: List[Tuple[str, Dict]] = []
        self.nlp: spacy.language.Language = spacy.load("fr_core_news_md")
        self.ner = self.nlp.get_pipe("ner")

    def read(self, path: str) -> List:
        table: pd.DataFrame = pd.read_csv(path)
        for phrase, answer in zip(table["phrase"].to_list(), table["answer"].to_list()):
            spans = []
            for name in answer.split(":"):
                start = phrase.find(name)
                spans.append((start, start + len(name), name))
            self.rows.append((phrase, {"entities": spans}))
        return self.rows

    def train(self, rounds: int = 100) -> spacy.language.Language:
        for _, notes in self.rows:
            for span in notes.get("entities"):
                self.ner.add_label(span[2])
        others = [pipe for pipe in self.nlp.pipe_names if pipe != "ner"]
        with self.nlp.disable_pipes(*others):
            optimizer = self.nlp.begin_training()
            for _ in range(rounds):
                for batch in minibatch(self.rows, size=compounding(4.0, 32.0, 1.001)):
                    examples = [Example.from_dict(self.nlp.make_doc(text), notes) for text, notes in batch]
                    self.nlp.update(examples, drop=0.1, sgd=optimizer)
        return self.nlp

    def save(self, folder: str) -> None:
        self.nlp.to_disk(folder)


def seen(texts):
    nlp = spacy.load(MODELS / "names")
    for doc in nlp.pipe(texts):
        yield [(ent.text, ent.label_) for ent in doc.ents]


def drawn(texts, path):
    from spacy import displacy

    docs = list(spacy.load("fr_core_news_md").pipe(texts))
    path.write_text(displacy.render(docs, style="ent", page=True))


def lemmas(texts):
    nlp = spacy.blank("fr")
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    nlp.initialize()
    return [[token.lemma_ for token in nlp(text)] for text in texts]


if __name__ == "__main__":
    trainer = Trainer()
    trainer.read("../" + DATA)
    trainer.train(50)
    trainer.save(MODELS / "names")
