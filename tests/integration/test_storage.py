"""StorageLayer against an S3-compatible server in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ops0.core.storage import InputFault, StorageFault, StorageLayer

HERE = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server with one bucket, ``team``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(address)
            bucket = urllib.request.Request(f"{address}/team", method="PUT")
            HERE.open(bucket, timeout=30).close()
            yield address
        finally:
            server.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while not _answers(address):
        assert time.monotonic() < until, "the server does not answer"
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        HERE.open(f"{address}/moto-api/", timeout=5).close()
    except OSError:
        return False
    return True


def storage(s3: str, url: str = "s3://team/values") -> StorageLayer:
    return StorageLayer(url, endpoint_url=s3, key="testing", secret="testing")


def test_values_by_key_and_namespace(s3: str, tmp_path: Path) -> None:
    table = pd.DataFrame({"x": [1, 2], "y": ["a", "é"]})
    (tmp_path / "plot.txt").write_text("a plot")
    storage(s3).save("table", table, namespace="run/1")
    storage(s3).save("weights", np.arange(1_000_000))
    storage(s3).save("*?[x]% é", tmp_path / "plot.txt")
    pd.testing.assert_frame_equal(storage(s3).load("table", namespace="run/1"), table)
    assert storage(s3).load("weights").sum() == 499_999_500_000
    files = storage(s3)
    assert files.load("*?[x]% é").read_text() == "a plot"
    with pytest.raises(KeyError, match="table"):
        storage(s3).load("table")


def test_a_save_is_seen_by_others_and_takes_the_place_of_the_one_before(s3: str) -> None:
    mine, theirs = storage(s3), storage(s3)
    for number in range(3):
        mine.save("count", {"number": number})
        assert theirs.load("count") == {"number": number}
    fs = mine.backend._fs
    left = fs.find("team/values/n/kcount")
    assert len([name for name in left if name.endswith("/value.json")]) == 1


def test_a_torn_object_is_refused(s3: str) -> None:
    mine = storage(s3)
    mine.save("torn", {"rows": 3})
    fs = mine.backend._fs
    (name,) = [one for one in fs.find("team/values/n/ktorn") if one.endswith("/value.json")]
    fs.pipe_file(name, b'{"rows":4}')
    with pytest.raises(InputFault, match="not the bytes"):
        storage(s3).load("torn")


def test_a_bucket_that_is_not_there_is_not_made(s3: str) -> None:
    with pytest.raises(StorageFault, match="s3://typo/values"):
        storage(s3, "s3://typo/values").save("a", 1)
    with pytest.raises(KeyError):
        storage(s3, "s3://typo/values").load("a")
