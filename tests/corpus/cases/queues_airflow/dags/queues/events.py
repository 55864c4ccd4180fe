"""Calls of the town's queues out of the search engine."""

import logging
from typing import Any, Dict, Generator, List, Optional

from elasticsearch import Elasticsearch

logger = logging.getLogger(__name__)

QUEUES: List[str] = ["Permits_5100", "Passports_8000", "Switchboard"]
LEFT_OUT: List[str] = ["Switchboard"]


def _rows(client: Elasticsearch, size: int, body: dict) -> Optional[List[Dict[str, Any]]]:
    try:
        rows = []
        for hit in _hits(client=client, index="calls-1", body=body, scroll="2m", size=size):
            source = hit["_source"]
            began = hit["fields"]["Began"][0] if "fields" in hit and "Began" in hit["fields"] else None
            rows.append({"queue": source.get("QueueName"), "result": source.get("Result"), "began": began})
        return rows
    except Exception as error:
        logger.error(f"not asked: {error}")
        return None


def _hits(client: Elasticsearch, index: str, body: dict, scroll: str = "2m", size: int = 1000) -> Generator[Dict[str, Any], None, None]:
    page = client.search(index=index, body=body, scroll=scroll, size=size)
    number = page["_scroll_id"]
    hits = page["hits"]["hits"]
    while hits:
        for hit in hits:
            yield hit
        page = client.scroll(scroll_id=number, scroll=scroll)
        number = page["_scroll_id"]
        hits = page["hits"]["hits"]


def _without(names: List[str]) -> List[Dict[str, Dict[str, str]]]:
    return [{"match": {"LastQueue": name}} for name in names]


def calls_of(client: Elasticsearch, queue: str, left_out: List[str] = LEFT_OUT, size: int = 1000) -> Optional[List[Dict[str, Any]]]:
    body = {
        "_source": ["QueueName", "Result"],
        "query": {"bool": {"must": [{"match": {"QueueName": queue}}], "must_not": _without(names=left_out)}},
        "script_fields": {"Began": {"script": {"source": "return new SimpleDateFormat('yyyy').format(doc['Began'].value)"}}},
    }
    return _rows(client=client, size=size, body=body)
