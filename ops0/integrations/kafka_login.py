"""How a client of Kafka gets in: protocol, user, and whose certificates count, as librdkafka names its settings."""

from __future__ import annotations

import os

from ops0.core.record_source import RecordSource


def kafka_login(source: RecordSource, user: str | None, password: str | None) -> dict[str, str]:
    """The settings for a source's brokers. ``user``, ``password``: what its references lead to (SASL PLAIN)."""
    secure = "ssl" if source.tls else "plaintext"
    settings = {"security.protocol": secure if user is None else f"sasl_{secure}"}
    if user is not None:
        settings |= {
            "sasl.mechanism": "PLAIN",
            "sasl.username": user,
            "sasl.password": password or "",
        }
    # librdkafka looks at the system's authorities only, and not at the variable that all others obey.
    authorities = os.environ.get("SSL_CERT_FILE")
    if source.tls and authorities:
        settings["ssl.ca.location"] = authorities
    return settings
