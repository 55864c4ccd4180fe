import json
import os
import tempfile
from typing import Optional

import pandas as pd
from google.cloud import storage
from loguru import logger


def newest(bucket: storage.Bucket, prefix: str = "") -> Optional[storage.Blob]:
    files = []
    for blob in bucket.list_blobs(prefix=prefix):
        if blob.name.endswith(".json") and "places_" in blob.name:
            files.append(blob)
    if not files:
        logger.warning(f"nothing below {prefix}")
        return None

    def moment(name: str) -> str:
        parts = name.split("_")
        if len(parts) >= 3:
            return f"{parts[-2]}_{parts[-1].replace('.json', '')}"
        return "0"

    return max(files, key=lambda blob: moment(blob.name))


def is_done(bucket: storage.Bucket, name: str) -> bool:
    return bucket.blob(f"done/{name}").exists()


def note_done(bucket: storage.Bucket, name: str) -> None:
    bucket.blob(f"done/{name}").upload_from_string("")
    logger.info(f"{name} is done")


def to_columns(bucket_name: str, pattern: str, target: str, project: str) -> str:
    client = storage.Client(project=project)
    bucket = client.bucket(bucket_name)
    file = newest(bucket, pattern.replace("*", "").replace(".json", ""))
    if not file:
        return None
    if is_done(bucket, file.name):
        return f"gs://{bucket_name}/{target}"

    rows = []
    now = pd.Timestamp.now()
    for town, kinds in json.loads(file.download_as_text()).items():
        if isinstance(kinds, dict) and "error" not in kinds:
            for kind, answer in kinds.items():
                count = answer.get("count")
                if count is not None:
                    rows.append({"asked_at": now, "town": town, "kind": kind, "count": int(count)})
        else:
            logger.warning(f"{town}: {kinds.get('error')}")

    frame = pd.DataFrame(rows)
    frame["count"] = pd.to_numeric(frame["count"], errors="coerce")
    blob = bucket.blob(target)
    former = None
    if blob.exists():
        with tempfile.NamedTemporaryFile(suffix=".parquet", delete=False) as kept:
            blob.download_to_filename(kept.name)
            former = pd.read_parquet(kept.name)
            os.unlink(kept.name)
    whole = pd.concat([former, frame], ignore_index=True) if former is not None else frame
    with tempfile.NamedTemporaryFile(suffix=".parquet", delete=False) as kept:
        whole.to_parquet(kept.name, index=False)
        blob.upload_from_filename(kept.name)
        os.unlink(kept.name)
    note_done(bucket, file.name)
    return f"gs://{bucket_name}/{target}"
