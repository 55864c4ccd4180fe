"""What librdkafka is told to get in with."""

from __future__ import annotations

import pytest

from ops0.core.record_source import RecordSource
from ops0.integrations.kafka_login import kafka_login


def a_source(*, tls: bool) -> RecordSource:
    return RecordSource(kind="kafka", place="t", format="json", tls=tls)


@pytest.mark.parametrize(
    ("tls", "user", "protocol"),
    [
        (False, None, "plaintext"),
        (True, None, "ssl"),
        (False, "me", "sasl_plaintext"),
        (True, "me", "sasl_ssl"),
    ],
)
def test_the_protocol_follows_from_tls_and_user(tls: bool, user: str | None, protocol: str) -> None:
    told = kafka_login(a_source(tls=tls), user, user and "secret")
    assert told["security.protocol"] == protocol
    assert ("sasl.password" in told) is (user is not None)


def test_authorities_are_named_for_tls_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "ca.pem")
    assert kafka_login(a_source(tls=True), None, None)["ssl.ca.location"] == "ca.pem"
    assert "ssl.ca.location" not in kafka_login(a_source(tls=False), None, None)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "ssl.ca.location" not in kafka_login(a_source(tls=True), None, None)
