"""What helps against a certificate that does not hold, by the words of uv, pip and Python."""

from __future__ import annotations

import pytest

from ops0_builder.certificate_faults import certificate_hint


@pytest.mark.parametrize(
    ("said", "helps"),
    [
        ("invalid peer certificate: certificate expired: verification time 1795967054", "run out"),
        ("invalid peer certificate: Expired", "run out"),
        ("certificate verify failed: certificate has expired (_ssl.c:1006)", "run out"),
        ("invalid peer certificate: certificate not valid yet: verification time 1", "later day"),
        ("certificate verify failed: certificate is not yet valid", "later day"),
        ('certificate not valid for name "a"; it is only valid for DnsName("b")', "another host"),
        ("invalid peer certificate: NotValidForName", "another host"),
        ("IP address mismatch, certificate is not valid for '127.0.0.1'.", "another host"),
        ("hostname '127.0.0.1' doesn't match 'elsewhere.example'", "another host"),
    ],
)
def test_the_hint_is_for_the_fault(said: str, helps: str) -> None:
    assert helps in (certificate_hint(said) or "")


def test_an_authority_that_nobody_knows_is_another_matter() -> None:
    assert certificate_hint("invalid peer certificate: UnknownIssuer") is None
    assert certificate_hint("certificate verify failed: self-signed certificate") is None
