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


_BASE64 = base64.b64encode(SECRET.encode()).decode()


@pytest.mark.parametrize(
    ("form", "hidden"),
    [
        (SECRET, "***"),
        (json.dumps(SECRET), '"***"'),
        (json.dumps(SECRET, ensure_ascii=False), '"***"'),
        (repr(SECRET), "'***'"),
        (quote(SECRET), "***"),
        (quote(SECRET, safe=""), "***"),
        (quote_plus(SECRET), "***"),
        (SECRET.encode().hex(), "***"),
        (SECRET.encode().hex().upper(), "***"),
        (_BASE64, "***"),
        (base64.urlsafe_b64encode(SECRET.encode()).decode(), "***"),
    ],
)
def test_each_form_is_hidden_whole(form: str, hidden: str) -> None:
    assert len(SECRET.encode()) % 3 == 0, "so base64 ends with a whole character and pads nothing"
    assert Redactor({"A": SECRET}).text(f"before {form} after") == f"before {hidden} after"


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


def test_the_shortest_secret_that_is_hidden_has_four_characters() -> None:
    assert Redactor({"A": "abcd"}).text("x abcd x") == "x *** x"
    assert Redactor({"A": "abc"}).text("x abc x") == "x abc x"


def test_the_longest_form_says_how_much_of_a_text_has_to_be_held_back() -> None:
    assert Redactor({"A": "plain", "B": "abcd"}).longest == len(b"plain".hex())
    assert Redactor({}).longest == 0


def test_a_value_has_it_in_no_text_however_deep() -> None:
    told = {
        "preview": "it is sesame",
        "items": [{"preview": "sesame", "items": None, "size": 6}],
        "show": {"kind": "table", "rows": [["sesame", 1, None]]},
        "about": "of sesame",
        "size": 12,
    }
    assert Redactor({"A": "sesame"}).value(told) == {
        "preview": "it is ***",
        "items": [{"preview": "***", "items": None, "size": 6}],
        "show": {"kind": "table", "rows": [["***", 1, None]]},
        "about": "of ***",
        "size": 12,
    }


def test_a_secret_in_a_file_is_found_from_eight_bytes_on(tmp_path: Path) -> None:
    (tmp_path / "value").write_text("1234567 12345678")
    assert secret_in_files(str(tmp_path), {"A": "1234567"}) is None
    assert secret_in_files(str(tmp_path), {"A": "12345678"}) == "A"


@pytest.mark.parametrize("inside", range(1, 13))
def test_a_secret_on_the_border_of_two_chunks_is_found(tmp_path: Path, inside: int) -> None:
    (tmp_path / "value").write_bytes(b"x" * ((1 << 20) - inside) + b"s3cret-value" + b"y")
    assert secret_in_files(str(tmp_path), {"A": "s3cret-value"}) == "A"


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
