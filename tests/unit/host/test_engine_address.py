from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ops0.host.engine_address import EngineAddress, engine_address
from ops0.host.engine_errors import EngineAddressError


def test_the_usual_socket(tmp_path: Path) -> None:
    found = engine_address({"HOME": str(tmp_path)})
    assert (found.socket, found.context) == ("/var/run/docker.sock", "default")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("unix:///x/y.sock", EngineAddress(text="unix:///x/y.sock", socket="/x/y.sock")),
        ("tcp://h:99", EngineAddress(text="tcp://h:99", host="h", port=99)),
        ("tcp://h", EngineAddress(text="tcp://h", host="h", port=2375)),
        ("tcp://[::1]:7", EngineAddress(text="tcp://[::1]:7", host="::1", port=7)),
    ],
)
def test_docker_host(host: str, expected: EngineAddress) -> None:
    assert engine_address({"DOCKER_HOST": host}) == expected


def test_tls_takes_its_certificates_from_the_named_folder() -> None:
    environ = {"DOCKER_HOST": "tcp://h", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/c"}
    found = engine_address(environ)
    assert (found.port, found.certificates) == (2376, "/c")


@pytest.mark.parametrize(
    "host", ["ssh://u@h", "unix:x", "unix://x", "npipe:////./x", "tcp://", "h", "tcp://h:x"]
)
def test_other_addresses_are_refused(host: str) -> None:
    with pytest.raises(EngineAddressError, match="DOCKER_HOST"):
        engine_address({"DOCKER_HOST": host})


def test_a_docker_context_is_followed(tmp_path: Path) -> None:
    name = "rootless"
    folder = tmp_path / "contexts/meta" / hashlib.sha256(name.encode()).hexdigest()
    folder.mkdir(parents=True)
    endpoint = {"Endpoints": {"docker": {"Host": "unix:///run/user/7/docker.sock"}}}
    (folder / "meta.json").write_text(json.dumps(endpoint))
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": name}))
    found = engine_address({"DOCKER_CONFIG": str(tmp_path)})
    assert (found.socket, found.context) == ("/run/user/7/docker.sock", name)
    with pytest.raises(EngineAddressError, match=r"gone: no such context") as caught:
        engine_address({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "gone"})
    assert "docker context ls" in str(caught.value.hint)


def test_an_unreadable_configuration_is_none(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[")
    assert engine_address({"DOCKER_CONFIG": str(tmp_path)}).context == "default"
