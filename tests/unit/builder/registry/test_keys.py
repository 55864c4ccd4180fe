"""Keys by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0_builder.registry.keys import BadKey, is_read_here, read_key

PEM = "-----BEGIN PUBLIC KEY-----\n"


def test_a_key_is_read_from_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "k.pub").write_text(PEM)
    assert read_key(str(tmp_path / "k.pub"), {}) == PEM.encode()
    assert read_key("env://K", {"K": PEM}) == PEM.encode()


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        ("none.pub", "no such file"),
        (".", "cannot be read: is a directory"),
        # openssl told it in eleven lines, with a folder of ops0's own.
        ("flow.py", "holds no key in PEM"),
        ("env://K", "the variable K is not set"),  # cosign told it after the push
        ("env://TEXT", "holds no key in PEM"),
        ("env://EMPTY", "the variable EMPTY is empty"),
        ("env://", "names no variable"),
    ],
)
def test_one_that_is_none_is_told(
    key: str, fact: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flow.py").write_text("import ops0\n")
    with pytest.raises(BadKey) as caught:
        read_key(key, {"TEXT": "no key", "EMPTY": ""})
    assert str(caught.value) == f"key {key}: {fact}"


def test_keys_of_services_are_cosigns() -> None:
    assert [is_read_here(key) for key in ("k.pub", "env://K", "gcpkms://k")] == [True, True, False]
