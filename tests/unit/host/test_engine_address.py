from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from ops0.host.engine_address import EngineAddress, engine_address
from ops0.host.engine_errors import USUAL, EngineAddressError, EngineCertificates, EngineUnreachable
from ops0.host.engine_socket import EngineSocket, remote_connection


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


def test_https_without_certificates_trusts_the_system_and_no_folder() -> None:
    found = engine_address({"DOCKER_HOST": "https://h"})
    assert (found.port, found.tls, found.certificates) == (2376, True, None)


def test_a_certificate_of_the_current_folder_is_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("planted")
    remote_connection(engine_address({"DOCKER_HOST": "https://h"}), 1.0)


def test_files_that_cannot_be_used_for_tls_are_named(tmp_path: Path) -> None:
    environ = {
        "DOCKER_HOST": "tcp://h",
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": str(tmp_path),
    }
    (tmp_path / "cert.pem").write_text("no PEM")
    with pytest.raises(EngineCertificates, match=r"cert\.pem and key\.pem"):
        remote_connection(engine_address(environ), 1.0)
    (tmp_path / "ca.pem").write_text("no PEM")
    with pytest.raises(EngineCertificates, match=r": ca\.pem cannot"):
        EngineSocket.from_environment(environ).call("GET", "/x")


def test_a_key_that_may_not_be_read_is_no_matter_of_the_sockets_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ca.pem").write_text("PEM")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", refuse)
    environ = {
        "DOCKER_HOST": "tcp://h",
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": str(tmp_path),
    }
    with pytest.raises(EngineCertificates, match="Permission denied") as caught:
        EngineSocket.from_environment(environ).call("GET", "/x")
    assert "usermod" not in str(caught.value.hint)


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


def test_an_engine_that_is_looked_for_elsewhere_says_who_says_where() -> None:
    assert "DOCKER_HOST" not in str(EngineUnreachable(USUAL, "no such file"))
    assert "DOCKER_HOST or the Docker context" in str(
        EngineUnreachable("unix:///x", "no such file")
    )
