from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.registry.errors import BadReference
from ops0_builder.registry.reference import (
    Reference,
    is_loopback,
    parse_reference,
    parse_repository,
)

DIGEST = "sha256:" + "0123456789abcdef" * 4
components = st.from_regex(r"[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}", fullmatch=True)
hosts = st.one_of(
    st.just("localhost"),
    st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,3}(:[0-9]{1,5})?", fullmatch=True),
)


@given(
    hosts,
    st.lists(components, min_size=1, max_size=4),
    st.from_regex(r"([A-Za-z0-9_][A-Za-z0-9._-]{0,20})?", fullmatch=True),
    st.sampled_from(["", DIGEST]),
)
def test_what_is_printed_is_read_back(host: str, path: list[str], tag: str, digest: str) -> None:
    reference = Reference(host=host, path="/".join(path), tag=tag, digest=digest)
    assert parse_reference(str(reference)) == reference


@given(st.text(max_size=60))
def test_any_text_is_a_reference_or_an_error(text: str) -> None:
    try:
        reference = parse_reference(text)
    except BadReference:
        return
    assert str(reference) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "flow",
        "team/flow",
        "host.example/",
        "host.example/Flow",
        "host.example/a//b",
        "host.example/a:",
        "host.example/a@sha256:12",
        "https://host.example/a",
        "a.b/c\n",
        "host.example:port/a",
        "host.example/a/../b",
        "host.example/-a",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(BadReference):
        parse_reference(text)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("https://host.example/a", "a registry is named without https://"),
        ("host.example/Team/a", "a repository's path has small letters only"),
        ("host.example/a b", "not of the form HOST/PATH, HOST/PATH:TAG or HOST/PATH@sha256:…"),
    ],
)
def test_what_keeps_it_from_being_one_is_said(text: str, fact: str) -> None:
    with pytest.raises(BadReference) as caught:
        parse_reference(text)
    assert caught.value.fact == fact


def test_a_tag_that_is_none_is_told_as_a_tag() -> None:
    with pytest.raises(BadReference) as caught:
        parse_reference("host.example/a").tagged("v 1")
    assert caught.value.text == "v 1"
    assert "v1.4" in (caught.value.hint or "")


def test_a_repository_has_neither_tag_nor_digest() -> None:
    assert parse_repository("host.example:5000/a/b").repository == "host.example:5000/a/b"
    for end in (":x", f"@{DIGEST}"):
        with pytest.raises(BadReference):
            parse_repository(f"host.example/a{end}")


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.1:1", True),
        ("127.9.9.9", True),
        ("[::1]:5000", True),
        ("[::1]", True),
        ("localhost.example", False),
        ("127.0.0.1.example:80", False),
        ("10.0.0.1:5000", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here
