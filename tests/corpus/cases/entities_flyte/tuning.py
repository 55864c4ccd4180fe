"""Tunes spaCy's names by what people checked, where they were wrong too often."""

import json
import pickle
import random
from collections import defaultdict

import spacy
from flytekit import Resources, dynamic, task, workflow
from spacy.language import Language
from spacy.training import Example
from spacy.util import compounding, minibatch

from applying import model_of
from tools import fetched_bytes, kept, settings_of

LEAST = 0.7
SMALL = Resources(cpu="1", mem="500Mi")


@task
def judged(tasks: bytes) -> dict:
    hits = defaultdict(int)
    for one in json.loads(tasks):
        for guess in one["predictions"]:
            hits[guess["model"]] += int(guess["result"] == one["result"][0]["value"])
    return {name: count / len(tasks) for name, count in hits.items()}


@task
def loaded(bucket: str, name: str) -> bytes:
    return fetched_bytes(bucket=bucket, name=name)


@task
def shaped(tasks: bytes) -> str:
    rows = []
    for one in json.loads(tasks):
        entities = [(e["value"]["start"], e["value"]["end"], label) for e in one["result"] for label in e["value"]["labels"]]
        rows.append((one["text"], {"entities": entities}))
    return json.dumps(rows)


@task
def tuned(rows: str, nlp: Language, rounds: int, bucket: str, name: str) -> Language:
    rows = json.loads(rows)
    ner = nlp.get_pipe("ner")
    for _, notes in rows:
        for entity in notes.get("entities"):
            ner.add_label(entity[2])
    with nlp.disable_pipes(*[one for one in nlp.pipe_names if one != "ner"]):
        optimizer = spacy.blank("en").initialize()
        for _ in range(rounds):
            random.shuffle(rows)
            losses = {}
            for batch in minibatch(rows, size=compounding(4.0, 32.0, 1.001)):
                for text, notes in batch:
                    nlp.update([Example.from_dict(nlp.make_doc(text), notes)], drop=0.35, losses=losses, sgd=optimizer)
    kept(bucket, name, pickle.dumps(nlp))
    return nlp


@dynamic(requests=SMALL)
def tuned_if_needed(tasks: bytes, found: dict, name: str, rounds: int, bucket: str):
    if found[name] >= LEAST:
        print("good enough")
    else:
        rows = shaped(tasks=tasks)
        nlp = model_of(language="en", from_bucket=False, bucket=bucket, name=name)
        tuned(rows=rows, nlp=nlp, rounds=rounds, bucket=bucket, name=name)


@workflow
def tuning():
    settings = settings_of("tune")
    tasks = loaded(bucket=settings["bucket"], name=settings["tasks"])
    tuned_if_needed(tasks=tasks, found=judged(tasks=tasks), name="first", rounds=30, bucket=settings["bucket"])
