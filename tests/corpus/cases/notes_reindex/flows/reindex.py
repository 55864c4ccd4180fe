from __future__ import annotations

import os
from datetime import date
from typing import Any

from dotenv import load_dotenv
from elasticsearch import Elasticsearch, helpers
from prefect import flow, get_run_logger, task
from prefect.transactions import transaction
from prefect_dask import DaskTaskRunner

load_dotenv()
TODAY = date.today().isoformat()


def _store() -> Elasticsearch:
    return Elasticsearch(
        hosts=[{"host": os.getenv("NOTES_HOST"), "port": 9200, "scheme": "https"}],
        basic_auth=(os.getenv("NOTES_USER"), os.getenv("NOTES_WORD")),
        request_timeout=600,
    )


@task(retries=2, tags=["vectors"])
def with_vector(note: dict[str, Any]) -> dict[str, Any]:
    note["vector"] = [float(len(word)) for word in note["text"].split()]
    return note


@task(tags=["words"])
def with_words(note: dict[str, Any]) -> dict[str, Any]:
    note["words"] = sorted(set(note["text"].lower().split()))
    return note


@task
def stamped(note: dict[str, Any]) -> dict[str, Any]:
    note["made"] = TODAY
    return note


@task(tags=["read"])
def read_slice(part: int, parts: int, index: str) -> list[dict[str, Any]]:
    store = _store()
    scroll = store.search(index=index, scroll="2m", size=500, body={"slice": {"id": part, "max": parts}})
    notes: list[dict[str, Any]] = []
    while True:
        hits = scroll["hits"]["hits"]
        if not hits:
            break
        notes.extend({"_id": hit["_id"], **hit["_source"]} for hit in hits)
        scroll = store.scroll(scroll_id=scroll["_scroll_id"], scroll="2m")
    return notes


@task(tags=["write"])
def write_notes(notes: list[dict[str, Any]], index: str) -> int:
    if not notes:
        return 0
    helpers.bulk(_store(), [{"_index": index, "_id": note["_id"], "_source": note} for note in notes])
    return len(notes)


@flow(name="note")
def one_note(note: dict[str, Any]) -> dict[str, Any]:
    with transaction(key=f"note-{note['_id']}"):
        note = with_vector.submit(note)
        note = with_words.submit(note)

        @task
        def _is_foreign(one: dict[str, Any]) -> bool:
            return one.get("language") != "en"

        if _is_foreign.submit(note):
            note = with_words.submit(note)
        note = stamped.submit(note)
        return note.result()


@flow(name="slice")
def one_slice(part: int, parts: int, source: str, target: str) -> int:
    log = get_run_logger()
    notes = read_slice(part, parts, source)
    if not notes:
        log.info("nothing in %s", part)
        return 0
    done = [one.result() for one in [one_note.submit(note) for note in notes]]
    return write_notes(done, target)


@flow(name="reindex", task_runner=DaskTaskRunner())
def reindex(parts: int = 4, source: str = "notes", target: str = "notes-2") -> int:
    waiting = [one_slice.submit(part, parts, source, target) for part in range(parts)]
    return sum(one.result() for one in waiting)
