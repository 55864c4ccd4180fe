"""Names in posts, by spaCy, for people to check."""

import json
from pathlib import Path
from typing import List

import spacy
from atproto import Client
from flytekit import Resources, task, workflow

from tools import fetched, kept, settings_of, spans

MODELS = {"en": "en_core_web_sm"}
SMALL = Resources(cpu="1", mem="500Mi")


@task(requests=SMALL)
def posts(words: List[str], language: str = "en", most: int = 100) -> str:
    client = Client()
    client.login("cook.example.org", "secret")
    found = client.app.bsky.feed.search_posts({"q": " OR ".join(words), "lang": language, "limit": most})
    return json.dumps([{"date": str(one.indexed_at), "text": str(one.record.text)} for one in found.posts])


@task
def model_of(language: str, from_bucket: bool, bucket: str, name: str) -> spacy.Language:
    if from_bucket:
        Path("tmp").mkdir(parents=True, exist_ok=True)
        return spacy.load(fetched(bucket, name, "tmp", each=True)[0])
    return spacy.load(MODELS[language])


@task
def applied(nlp: spacy.Language, given: str, bucket: str, name: str) -> str:
    kinds, tasks = set(), []
    for one in json.loads(given):
        found, some = spans(nlp(one["text"]))
        kinds |= some
        tasks.append({"data": {"text": one["text"]}, "predictions": [{"result": found}]})
    kept(bucket, name, json.dumps(tasks))
    return json.dumps(sorted(kinds))


@workflow
def applying() -> str:
    settings = settings_of("apply")
    found = posts(words=settings["words"], language="en")
    nlp = model_of(language="en", from_bucket=False, bucket=settings["bucket"], name=settings["model"])
    return applied(nlp=nlp, given=found, bucket=settings["bucket"], name=settings["tasks"])


if __name__ == "__main__":
    print(applying())
