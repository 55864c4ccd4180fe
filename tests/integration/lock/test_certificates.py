"""An index by HTTPS whose certificate has run out, is of a later day, or is for another host: uv's way and pip's."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import pytest
from locking import Index, a_step, a_wheel
from registries.certificates import Kind, signed_certificate

from ops0_builder.lock.errors import FetchFailed, IndexUntrusted

Secured = Callable[[Kind], str]


@pytest.fixture
def secured(serve, settings, tmp_path) -> Secured:
    """Gives the address of an index with such a certificate, whose authority pip is told to trust."""

    def start(kind: Kind) -> str:
        folder = tmp_path / kind
        authority = signed_certificate(folder, kind)
        settings.setenv("PIP_CERT", str(authority))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "registry.crt", folder / "registry.key")
        index = serve(Index().add(a_wheel("aa")), context)
        return index.url.replace("http:", "https:")

    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        settings.delenv(name, raising=False)
    return start


def test_a_certificate_that_holds_serves_both(secured, project, settings):
    settings.setenv("PIP_INDEX_URL", secured("good"))
    assert len(project.fill(project.lock(a_step("x", "aa")))) == 1


@pytest.mark.parametrize(
    ("kind", "helps"),
    [("expired", "run out"), ("early", "later day"), ("elsewhere", "another host")],
)
def test_one_that_does_not_hold_is_told_with_its_reason(
    secured, index, project, settings, kind, helps
):
    index.add(a_wheel("aa"))
    lock = project.lock(a_step("x", "aa"))
    settings.setenv("PIP_INDEX_URL", secured(kind))
    with pytest.raises(IndexUntrusted) as by_uv:
        project.lock(a_step("x", "aa"), a_step("y", "bb"))
    assert helps in by_uv.value.hint
    with pytest.raises(FetchFailed) as by_pip:
        project.fill(lock)
    assert helps in by_pip.value.hint
