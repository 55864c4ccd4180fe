"""Secrets are hidden in every form in which programs commonly write them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_runner.redaction import Redactor, secret_in_files

SECRET = 'p&ss "wörd"/+%'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_forms(form: str) -> None:
    hidden = Redactor({"A": SECRET}).text(f"before {form} after")
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    assert form.strip("'\"=")[2:-2] not in hidden


@given(
    st.text("abcXYZ019-_", min_size=6, max_size=40), st.binary(max_size=5), st.binary(max_size=5)
)
def test_base64_of_more_than_the_secret(secret: str, before: bytes, after: bytes) -> None:
    coded = base64.b64encode(before + secret.encode() + after).decode()
    assert "***" in Redactor({"A": secret}).text(coded)


def test_each_line_of_a_key_is_hidden() -> None:
    key = "-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----\n"
    assert Redactor({"A": key}).text("  abcdefgh") == "  ***"


def test_short_secrets_and_no_secrets_change_nothing() -> None:
    assert Redactor({"A": "ab", "B": ""}).text("ab cab") == "ab cab"
    assert Redactor({}).text("text") == "text"


def test_a_secret_in_a_file_is_found_also_across_chunks(tmp_path: Path) -> None:
    secret = {"A": "s3cret-value"}
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(b"x" * ((1 << 20) - 5) + b"s3cret-value" + b"y")
    assert secret_in_files(str(tmp_path), secret) == "A"
    assert secret_in_files(str(tmp_path), {"A": "another-value"}) is None


def test_a_key_of_several_lines_is_found_as_json_has_it(tmp_path: Path) -> None:
    key = '-----BEGIN KEY-----\nabc"defgh\n-----END KEY-----\n'
    (tmp_path / "value.json").write_text(json.dumps({"key": key}))
    assert secret_in_files(str(tmp_path), {"A": key}) == "A"
    assert secret_in_files(str(tmp_path), {"A": key.replace("abc", "xyz")}) is None
