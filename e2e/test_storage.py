"""Steps in containers that share values through an S3-compatible server, beside what their edges carry."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver.command import ops0
from driver.leftovers import engine_objects, runs

HERE = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PIPELINE = """
import ops0
from ops0.core.storage import StorageLayer

PLACE = "s3://team/values"


def storage(address):
    return StorageLayer(PLACE, endpoint_url=address, key="testing", secret="testing")


@ops0.step
@ops0.resources(network=True)
def keep(address: str) -> list:
    storage(address).save("rows", [{"n": 1}, {"n": 2}], namespace="day/1")
    return ["rows"]


@ops0.step
@ops0.resources(network=True)
def total(kept: list, address: str) -> int:
    (name,) = kept
    return sum(row["n"] for row in storage(address).load(name, namespace="day/1"))
"""


@pytest.fixture
def s3() -> Iterator[str]:
    """The address, as containers see it, of a server with one bucket, ``team``."""
    say = ["docker", "network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}"]
    host = subprocess.run(say, check=True, capture_output=True, text=True).stdout.strip()
    with socket.socket() as free:
        free.bind((host, 0))
        port = free.getsockname()[1]
    address = f"http://{host}:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", host, "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + 60
            while not _has_bucket(address):
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.2)
            yield address
        finally:
            server.terminate()


def _has_bucket(address: str) -> bool:
    bucket = urllib.request.Request(f"{address}/team", method="PUT")
    try:
        HERE.open(bucket, timeout=5).close()
    except OSError:
        return False
    return True


@pytest.mark.docker
@pytest.mark.slow
def test_what_one_container_saves_another_loads(
    s3: str, tmp_path: Path, env: dict[str, str], state: Path
) -> None:
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "ops0.toml").write_text('name = "shared"\npython = "3.11"\n')
    argv = ["run", "pipeline.py", "--containers", "--json", "--param", f"address={s3}"]
    said = ops0(argv, folder=tmp_path, env=env)
    assert said.code == 0, str(said)
    assert said.data["results"] == {"total": 3}
    assert engine_objects(runs(state)) == ()
