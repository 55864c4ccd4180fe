"""Letters in, rows out: each file is asked the same questions."""
import asyncio
import os
from typing import Dict, Optional

import dlt
from dlt.common import logger
from dlt.sources import DltResource, TDataItem

from .helpers import STORES, answers, answers_async
from .settings import QUESTIONS


@dlt.resource
def letters_to_rows(
    questions: Optional[Dict[str, str]] = dlt.config.value,
    openai_api_key: str = dlt.secrets.value,
    store: str = "chroma",
    table: str = "letters",
    run_async: bool = False,
) -> DltResource:
    if openai_api_key:
        os.environ["OPENAI_API_KEY"] = openai_api_key
    made = dlt.transformer(converted, name=table, write_disposition="merge", merge_key="digest", primary_key="digest")
    return made(questions or dict(QUESTIONS), store, run_async)


def converted(item: TDataItem, questions: Dict[str, str], store: str = "chroma", run_async: bool = False) -> TDataItem:
    if item.get("file_path") is None:
        return
    try:
        if run_async:
            row = asyncio.run(answers_async(item["file_path"], questions, STORES[store]))
        else:
            row = answers(item["file_path"], questions, STORES[store])
        row["file_path"] = item.pop("file_path")
        row["metadata"] = item
        yield row
    except ValueError as fault:
        logger.warning(f"{item['file_path']}: {fault}")
