"""Steps around OpenAI's batches: files, waiting, and what came of them."""

import json
from pathlib import Path
from time import sleep

import pandas as pd
from datasets import Dataset, load_dataset
from openai import OpenAI
from zenml import step
from zenml.client import Client
from zenml.logger import get_logger

from told import PROMPT, BatchFile, BatchFiles, as_text

client = Client()
openai = OpenAI()
logger = get_logger(__name__)
ENDED = ("failed", "expired", "completed")


@step
def loaded(name: str, column: str = "image", split: str = "validation") -> Dataset:
    data = load_dataset(name, split=split)
    return data.remove_columns([one for one in data.column_names if one != column])


@step
def files_of(data: Dataset, size: int = 2000) -> list[Path]:
    parts = [data.select(range(i, min(i + size, len(data)))) for i in range(0, len(data), size)]
    paths, number = [], 0
    for place, part in enumerate(parts):
        rows = []
        for row in part:
            text, kind = as_text(row["image"])
            content = [{"type": "text", "text": PROMPT}, {"type": "image_url", "image_url": {"url": f"data:image/{kind};base64,{text}"}}]
            rows.append({"custom_id": f"row_{number}", "body": {"model": "gpt-4.1-nano", "messages": content}})
            number += 1
        path = Path("batches") / f"{place}.jsonl"
        path.write_text("\n".join(json.dumps(one) for one in rows))
        paths.append(path)
    return paths


@step
def uploaded(paths: list[Path]) -> BatchFiles:
    found = []
    for path in paths:
        with open(path, "rb") as file:
            found.append(BatchFile(file_id=openai.files.create(file=file, purpose="batch").id))
    return BatchFiles(files=found)


@step
def earlier(pipeline: str = "alts", name: str = "uploaded") -> BatchFiles:
    return client.get_pipeline(pipeline).last_successful_run.steps[name].output.load()


@step
def waited(given: BatchFiles, seconds: int = 60) -> BatchFiles:
    for file in given.files:
        if file.batch_id is None:
            job = openai.batches.create(input_file_id=file.file_id, endpoint="/v1/chat/completions", completion_window="24h")
            file.batch_id = job.id
        while file.status not in ENDED:
            sleep(seconds)
            job = openai.batches.retrieve(file.batch_id)
            file.status, file.result = job.status, getattr(job, "output_file_id", None)
        logger.info(f"{file.file_id} {file.status}")
    return given


@step
def fetched(given: BatchFiles) -> list[Path]:
    found = []
    for file in given.files:
        if file.result:
            path = Path(f"batches/{file.file_id}.jsonl")
            path.write_bytes(openai.files.content(file.result).read())
            found.append(path)
    return found


@step
def joined(paths: list[Path], repo: str = "nobody/alts") -> str:
    run = client.get_pipeline("alts").last_successful_run
    data: Dataset = run.steps["loaded"].output.load()
    texts = {}
    for path in paths:
        for _, row in pd.read_json(path, lines=True).iterrows():
            if row.get("response").get("status_code") == 200:
                texts[int(row.get("custom_id")[4:])] = row["response"]["body"]["choices"][0]["message"]["content"]

    def with_alt(example, place):
        example["alt"] = texts.get(place, "")
        return example

    return data.map(with_alt, with_indices=True).push_to_hub(repo).repo_url.repo_id
