from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from ops0_builder.lock.errors import RequirementUnfit
from ops0_builder.lock.resolution import parse_requirement, read_resolution

PRINTED = """\
certifi==2026.10.18 \\
    --hash=sha256:00
    # via
    #   httpcore
    #   Requests
httpcore==1.0.9
    # via httpx
httpx==0.28.1
    # via -r in.txt
pandas==3.1.1 ; sys_platform == 'linux'
    # from https://x.example/simple
requests==2.34.2
six==1.17.0
    # via pandas
"""


def closure(resolution, *texts):
    return resolution.closure([Requirement(text) for text in texts])


def test_pins_and_who_needs_whom_are_read():
    resolution = read_resolution(PRINTED, ["httpx", "pandas", "requests"])
    assert resolution.whole
    assert resolution.pins == {
        "certifi": "2026.10.18",
        "httpcore": "1.0.9",
        "httpx": "0.28.1",
        "pandas": "3.1.1",
        "requests": "2.34.2",
        "six": "1.17.0",
    }
    assert closure(resolution, "HTTPX>=0.2") == {"httpx", "httpcore", "certifi"}
    assert closure(resolution, "pandas", "requests") == {"pandas", "six", "requests", "certifi"}
    assert closure(resolution) == frozenset()


def test_a_circle_of_needs_ends():
    text = "a==1\n    # via b\nb==1\n    # via a\n"
    assert closure(read_resolution(text, ["a"]), "a") == {"a", "b"}


def test_what_the_graph_cannot_tell_is_not_guessed():
    text = "requests[socks]==2.34.2\npysocks==1.7.1\n    # via requests\nhttpx==1.0\n"
    resolution = read_resolution(text, ["requests", "httpx"])
    assert closure(resolution, "requests") is None
    assert closure(resolution, "httpx") == {"httpx"}
    assert closure(resolution, "httpx; python_version > '3'") is None
    assert closure(resolution, "other") is None


@pytest.mark.parametrize(
    "text",
    ["a==1\nb==1\n", "a==1\nb==1\n    # via c\n", "a==1\nb==1\n    # whatever else it says\n"],
)
def test_a_listing_without_reasons_is_not_trusted(text):
    resolution = read_resolution(text, ["a"])
    assert not resolution.whole
    assert closure(resolution, "a") is None


def test_a_requirement_without_a_url_is_taken():
    assert parse_requirement("Numpy[x]>=2,<3", "flow.py:1").name == "Numpy"


@pytest.mark.parametrize("text", ["", "numpy==", "-r x.txt", "--index-url=x", "a b", "numpy\nx"])
def test_what_is_no_requirement_is_refused_with_its_place(text):
    with pytest.raises(RequirementUnfit) as caught:
        parse_requirement(text, "flow.py:3")
    assert caught.value.place == "flow.py:3"
    assert caught.value.exit_code == 20


def test_a_url_is_refused_and_not_repeated():
    with pytest.raises(RequirementUnfit) as caught:
        parse_requirement("x @ ftp://u:secret@x.example/x.whl?secret", "flow.py:3")
    assert "secret" not in f"{caught.value} {caught.value.hint}"
    assert "pip download --no-deps" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("a @ git+ext::sh", "names a repository by 'ext', which is not asked"),
        ("a @ git+https://x.example/a.git@-u", "it begins with a hyphen"),
        ("a @ http://x.example/a-1-py3-none-any.whl", "is not encrypted and names no sha256"),
    ],
)
def test_an_address_that_is_not_taken_is_told_as_what_it_is(text: str, fact: str) -> None:
    with pytest.raises(RequirementUnfit, match=fact):
        parse_requirement(text, "flow.py:3")
