from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0_builder.registry.challenge import Challenge, parse_challenges

words = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)
values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(
    st.lists(
        st.tuples(words, st.dictionaries(words.map(str.lower), values, min_size=1, max_size=4)),
        min_size=1,
        max_size=3,
    )
)
def test_every_challenge_is_read(asked: list[tuple[str, dict[str, str]]]) -> None:
    header = ", ".join(
        f"{scheme} " + ",".join(f"{name}={quoted(value)}" for name, value in parameters.items())
        for scheme, parameters in asked
    )
    assert parse_challenges(header) == tuple(
        Challenge(scheme=scheme.lower(), parameters=parameters) for scheme, parameters in asked
    )


@given(st.text(max_size=200))
def test_any_text_ends(text: str) -> None:
    for challenge in parse_challenges(text):
        assert challenge.scheme == challenge.scheme.lower()


@pytest.mark.parametrize(
    ("header", "schemes"),
    [
        ('Bearer realm="https://auth.example/token",service="r",scope="repository:a:pull,push"', 1),
        ('Basic realm="a, b", Bearer realm="x"', 2),
        ("Negotiate, Basic realm=x", 2),
        ("Negotiate", 1),
        ("", 0),
    ],
)
def test_headers_of_real_registries(header: str, schemes: int) -> None:
    assert len(parse_challenges(header)) == schemes


def test_a_comma_in_quotes_parts_nothing() -> None:
    (one,) = parse_challenges(
        'Bearer realm="https://a.example/t", scope="repository:a/b:pull,push"'
    )
    assert one.parameters == {"realm": "https://a.example/t", "scope": "repository:a/b:pull,push"}
