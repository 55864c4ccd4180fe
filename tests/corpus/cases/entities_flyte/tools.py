"""Files in a bucket, and spans as Label Studio has them."""

import json
import os
from itertools import groupby
from pathlib import Path
from typing import List, Union

from google.cloud import storage


def settings_of(part: str) -> dict:
    with open(Path(__file__).parent.resolve() / "settings.json", "r") as f:
        return json.load(f)[part]


def spans(doc):
    tokens = [(one.text, one.idx, one.ent_type_) for one in doc]
    found, kinds = [], set()
    for kind, group in groupby(tokens, key=lambda one: one[-1]):
        if kind:
            group = list(group)
            found.append({"start": group[0][1], "text": " ".join(one[0] for one in group), "labels": [kind]})
            kinds.add(kind)
    return found, kinds


def fetched(bucket: str, name: str, folder: str, each: bool = False) -> Union[str, List[str]]:
    paths = []
    for blob in storage.Client().bucket(bucket).list_blobs(prefix=name):
        if not blob.name.endswith("/"):
            path = os.path.join(folder, blob.name.replace("/", "_"))
            blob.download_to_filename(path)
            paths.append(path)
    return paths if each else folder


def fetched_bytes(bucket, name):
    return storage.Client().bucket(bucket).blob(name).download_as_bytes()


def kept(bucket, name, data, kind=None):
    storage.Client().bucket(bucket).blob(name).upload_from_string(data, content_type=kind)
