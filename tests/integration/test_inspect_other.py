"""``ops0 inspect`` of an image that ops0 did not build: its records are read, nothing in it is run."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops0.cli.main import ops0_command
from ops0.host.engine_socket import EngineSocket
from ops0_builder.engine.engine_images import remove_tag

pytestmark = pytest.mark.docker
METADATA = "usr/local/lib/python3.12/site-packages/{0}-{1}.dist-info/METADATA"
FILES = {
    "usr/lib/os-release": "ID=alpine\nVERSION_ID=3.22\n",
    METADATA.format(
        "requests", "2.0.0"
    ): "Name: requests\nVersion: 2.0.0\nLicense-Expression: MIT\n",
    "usr/bin/python3": "not a program",  # so nothing could be run
}


@pytest.fixture
def image() -> Iterator[str]:
    tag = f"ops0-test-other-{uuid.uuid4().hex[:8]}:1"
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, text in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    subprocess.run(
        ["docker", "import", "-", tag], input=stream.getvalue(), check=True, capture_output=True
    )
    yield tag
    remove_tag(EngineSocket.from_environment(), tag)


def test_it_tells_what_its_records_say(
    image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path))
    done = CliRunner().invoke(ops0_command, ["inspect", image, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["contents"]
    assert told["release"] == ["alpine", "3.22"]
    assert [(one["name"], one["version"]) for one in told["distributions"]] == [
        ("requests", "2.0.0")
    ]
    assert (told["python"], told["own"], told["packages"]) == ("", [], [])
    advisory = {
        "id": "X-1",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "requests"}, "versions": ["2.0.0"]}],
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    }
    (tmp_path / "osv").mkdir()
    (tmp_path / "osv/x.json").write_text(json.dumps(advisory))
    words = ["inspect", image, "--vulnerabilities", str(tmp_path / "osv"), "--fail-on", "high"]
    found = CliRunner().invoke(ops0_command, words)
    assert "critical  requests 2.0.0  X-1" in found.output
    assert getattr(found.exception, "exit_code", 0) == 39
