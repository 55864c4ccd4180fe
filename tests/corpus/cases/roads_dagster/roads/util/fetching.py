"""Downloads that leave a file alone which has not changed."""

import gzip
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from requests import get


def download(source: str, folder: str, name: str, agent: str = "roads", pressed: bool = True, auth=None):
    final = Path(folder) / name

    def store(path):
        headers = {"User-Agent": agent}
        if final.exists():
            headers["If-Modified-Since"] = datetime.utcfromtimestamp(final.stat().st_mtime).strftime("%a, %d %b %Y %H:%M:%S UTC")
        answer = get(source, timeout=20, headers=headers, stream=True, auth=auth)
        if answer.status_code == 304:
            return False
        with path.open("wb") as file:
            for part in answer.iter_content(chunk_size=1024 * 1024):
                file.write(part)
        changed = answer.headers.get("Last-Modified")
        if changed:
            moment = parsedate_to_datetime(changed)
            os.utime(path, (moment.timestamp(), moment.timestamp()))
        return True

    store_and_press(final, store, pressed)


def store_and_press(final: Path, store: Callable[[Path], bool], pressed: bool = True):
    beside = final.parent / (final.name + ".tmp")
    if not final.parent.exists():
        final.parent.mkdir()
    if store(beside):
        small = beside.parent / (beside.name + ".gz")
        if pressed:
            with beside.open("rb") as plain, gzip.open(small, "wb") as out:
                shutil.copyfileobj(plain, out)
            small.replace(final.parent / (final.name + ".gz"))
        beside.replace(final)
