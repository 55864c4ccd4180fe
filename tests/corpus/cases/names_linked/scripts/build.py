"""The knowledge base and the corpora, from entities and annotated texts."""
import csv
import pickle
from collections import Counter, defaultdict
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import prettytable
import spacy
import tqdm
import typer
import yaml
from pydantic import BaseModel, Field
from spacy.kb import InMemoryLookupKB
from spacy.pipeline.entity_linker import EntityLinker
from spacy.tokens import Doc, DocBin
from spacy.training import Example, offsets_to_biluo_tags
from sklearn.model_selection import train_test_split
from wasabi import msg

app = typer.Typer()


class Entity(BaseModel):
    id: str
    name: str
    text: Optional[str] = None
    aliases: List[str] = Field(default_factory=list)
    count: int = 0


class Mention(NamedTuple):
    start: int
    end: int
    entity: str


def options(path: Path) -> Dict:
    with open(path) as file:
        return yaml.safe_load(file)


def entities_of(path: Path) -> Dict[str, Entity]:
    with path.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["id"]: Entity(id=row["id"], name=row["name"], aliases=row["aliases"].split("|")) for row in rows}


def mentions_of(path):
    out = defaultdict(list)
    with open(path) as file:
        for line in csv.reader(file):
            out[line[0]].append(Mention(int(line[1]), int(line[2]), line[3]))
    return out


def counted(mentions):
    return Counter(mention.entity for found in mentions.values() for mention in found)


def described(nlp, entity):
    doc = nlp(entity.text or entity.name)
    vector = doc.vector
    return vector if isinstance(vector, np.ndarray) else vector.get()


def knowledge(entities, counts, model="en_core_web_lg"):
    nlp = spacy.load(model, exclude=["parser", "ner"])
    kb = InMemoryLookupKB(vocab=nlp.vocab, entity_vector_length=nlp.vocab.vectors.shape[1])
    vectors = [described(nlp, entity) for entity in tqdm.tqdm(entities.values())]
    kb.set_entities(list(entities), [counts[name] for name in entities], vectors)
    for alias, names in aliases_of(entities).items():
        kb.add_alias(alias, names, [1 / len(names)] * len(names))
    return nlp, kb


def aliases_of(entities):
    out = defaultdict(list)
    for name, entity in entities.items():
        for alias in {entity.name, *entity.aliases}:
            out[alias].append(name)
    return out


def annotated(nlp, text, mentions) -> Optional[Doc]:
    doc = nlp.make_doc(text)
    spans = [doc.char_span(mention.start, mention.end, label="ENT", kb_id=mention.entity) for mention in mentions]
    if any(span is None for span in spans):
        msg.warn("no token begins there")
        return None
    doc.ents = spans
    return doc


def tags(doc, mentions):
    return offsets_to_biluo_tags(doc, [(mention.start, mention.end, "ENT") for mention in mentions])


def parted(docs: List[Doc], share: float) -> Tuple[List[Doc], List[Doc]]:
    return train_test_split(docs, test_size=share, random_state=3)


def stored(docs, path):
    DocBin(docs=docs, store_user_data=True).to_disk(path)


def scored(linker: EntityLinker, examples: List[Example]):
    right = sum(gold.kb_id_ == said.kb_id_ for one in examples for gold, said in zip(one.reference.ents, one.predicted.ents))
    return right / max(1, len(examples)), linker.name


def shown(scores):
    table = prettytable.PrettyTable(field_names=["chooser", "recall"])
    for name, score in scores.items():
        table.add_row([name, f"{score:.3f}"])
    print(table)


@app.command()
def main(folder: Path, config: Path = Path("configs/nel.yml")):
    settings = options(config)
    entities = entities_of(folder / "entities.tsv")
    mentions = mentions_of(folder / "mentions.csv")
    nlp, kb = knowledge(entities, counted(mentions), settings["model"])
    kb.to_disk(folder / "kb")
    with open(folder / "entities.pkl", "wb") as file:
        pickle.dump(entities, file)
    docs = []
    for path in (folder / "texts").glob("*.txt"):
        doc = annotated(nlp, path.read_text(), mentions[path.stem])
        if doc is not None and "-" not in tags(doc, mentions[path.stem]):
            docs.append(doc)
    train, test = parted(docs, 0.2)
    stored(train, folder / "train.spacy")
    stored(test, folder / "test.spacy")
    shown({"docs": len(docs)})


if __name__ == "__main__":
    app()
