"""Which index is asked first: no stranger's package takes over a private name, whichever way pip is set up."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0_builder.lock.index_order import default_host, is_guess, private_first, signed_hosts

PUBLIC = "https://public.example/simple"
OPEN = "https://mirror.example/simple"
LOGIN = "https://u:p@own.example/simple"
NETRC = "https://team.example/simple"
FOLDER = "file:///srv/simple"


@pytest.mark.parametrize("private", [LOGIN, NETRC, FOLDER, OPEN, "https://token@own.example/s"])
def test_the_private_one_is_first_whether_it_is_main_or_extra(private: str) -> None:
    known = {"public": "public.example", "signed": {"team.example"}}
    assert private_first(private, (PUBLIC,), **known) == (private, PUBLIC)
    assert private_first(PUBLIC, (private,), **known) == (private, PUBLIC)
    assert not is_guess(private, (PUBLIC,), **known)
    assert not is_guess(PUBLIC, (private,), **known)


def test_equal_evidence_leaves_extra_ones_first_and_is_a_guess() -> None:
    assert private_first(OPEN, (PUBLIC, LOGIN)) == (LOGIN, PUBLIC, OPEN)
    assert is_guess(OPEN, (PUBLIC, LOGIN))
    assert not is_guess(LOGIN, (PUBLIC,))
    assert private_first(None, (PUBLIC, LOGIN)) == (LOGIN, PUBLIC)
    assert not is_guess(None, (PUBLIC, OPEN))
    assert private_first(OPEN, (OPEN, LOGIN, LOGIN)) == (LOGIN, OPEN)
    assert not is_guess(OPEN, (OPEN, LOGIN))


def test_a_name_that_only_looks_public_is_not() -> None:
    near = "https://public.example.evil.example/simple"
    assert private_first(near, (PUBLIC,), public="public.example") == (near, PUBLIC)


def test_pips_default_is_read_from_its_own_words() -> None:
    text = "  -i <url>  Base URL of the Index (default\n      https://public.example/simple). This should"
    assert default_host(text) == "public.example"
    assert default_host("no pip here") == ""


def test_hosts_of_netrc(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine team.example login me password x\ndefault login d\n")
    (tmp_path / ".netrc").chmod(0o600)
    (tmp_path / "other").write_text("machine other.example login me password x\n")
    (tmp_path / "broken").write_text("machine machine machine")
    assert signed_hosts({}, tmp_path) == {"team.example"}
    assert signed_hosts({"NETRC": str(tmp_path / "other")}, tmp_path) == {"other.example"}
    assert signed_hosts({"NETRC": str(tmp_path / "broken")}, tmp_path) == frozenset()
    assert signed_hosts({}, tmp_path / "nowhere") == frozenset()
