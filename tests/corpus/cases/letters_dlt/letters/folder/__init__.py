import mimetypes
import os
from pathlib import Path

import dlt
from dlt.sources import TDataItem


@dlt.resource(write_disposition="replace")
def folder(data_dir: str) -> TDataItem:
    for name in sorted(os.listdir(data_dir)):
        path = Path(data_dir) / name
        yield {"file_path": path.as_posix(), "content_type": kind_of(path), "size": path.stat().st_size}


def kind_of(path):
    return mimetypes.guess_type(path)[0] or "application/octet-stream"
