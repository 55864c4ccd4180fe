"""Papers from BigQuery into a search engine, those that changed since the last time."""

import logging
from datetime import datetime
from itertools import chain, islice
from typing import Any, Iterable, Sequence

import opensearchpy
from opensearchpy import OpenSearch

from papers.settings import Settings, State, Target
from papers.stores import dicts_of, put, text_of

LOGGER = logging.getLogger(__name__)


def since(query: str, when: str, moment: datetime) -> str:
    return "\n".join(["SELECT * FROM (", query, ")", f"WHERE {when} >= TIMESTAMP('{moment.isoformat()}')"])


def without_nulls(value: dict) -> dict:
    return {key: without_nulls(one) if isinstance(one, dict) else one for key, one in value.items() if one is not None}


def documents(settings: Settings, moment: datetime) -> Iterable[dict]:
    query = since(settings.query, when=".".join(settings.when), moment=moment)
    return (without_nulls(one) for one in dicts_of(settings.project, query))


def client_of(target: Target) -> OpenSearch:
    return OpenSearch(hosts=[{"host": target.host, "port": target.port}], http_auth=(target.user, target.word), use_ssl=True)


def make_index(client: OpenSearch, target: Target):
    if client.indices.exists(target.index):
        if target.settings and target.settings.get("mappings"):
            client.indices.put_mapping(index=target.index, body=target.settings["mappings"])
    else:
        client.indices.create(index=target.index, body=target.settings)


def value_at(parent: dict, keys: Sequence[str]) -> Any:
    found: Any = parent
    for key in keys:
        found = found.get(key)
    assert found is not None
    return found


def action_of(document: dict, index: str, ids: Sequence[str]) -> dict:
    return {"_op_type": "index", "_index": index, "_id": value_at(document, ids), "_source": document}


def load(some: Iterable[dict], client: OpenSearch, settings: Settings):
    actions = (action_of(one, index=settings.target.index, ids=settings.ids) for one in some)
    for _ in opensearchpy.helpers.streaming_bulk(client=client, actions=actions, chunk_size=settings.size):
        pass


def save_state(state: State, moment: datetime):
    put(bucket=state.bucket, key=state.key, data=moment.isoformat())


def state_or_first(state: State) -> datetime:
    try:
        return datetime.fromisoformat(text_of(state.bucket, state.key))
    except FileNotFoundError:
        return state.first


def batches(some: Iterable[dict], size: int) -> Iterable[list]:
    left = iter(some)
    for first in left:
        yield list(chain([first], islice(left, size - 1)))


def run(settings: Settings):
    client = client_of(settings.target)
    make_index(client, settings.target)
    for some in batches(documents(settings, state_or_first(settings.state)), settings.size):
        load(some, client, settings)
        save_state(settings.state, max(value_at(one, settings.when) for one in some))
