"""What @ops0.secrets names is found before a run, or all that is missing is told together."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ops0.core.api.marks import MarkFault, StepDefinitionError, options_of
from ops0.core.api.secrets import check_secret, secrets, split_vault
from ops0.core.errors import ErrorGroup
from ops0.host.secrets import SecretMissing, SecretsAsked, read_again, read_secrets


def asked(**references: str) -> list[SecretsAsked]:
    return [SecretsAsked(step="load", place="pipeline.py:7", references=references)]


def test_environment_and_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("of a file\n")
    found = read_secrets(asked(A="env:FROM", B="file:key"), tmp_path, {"FROM": "of the env"})
    assert found == {"load": {"A": "of the env", "B": "of a file"}}


def test_what_is_looked_up_again_is_new_or_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("new")
    references = {"A": "file:key", "B": "file:gone", "C": "vault:kv/app#password"}
    before = {"A": "old", "B": "kept", "C": "kept too"}
    assert read_again(references, before, tmp_path) == {**before, "A": "new"}
    assert read_again(references, {"B": "asked for"}, tmp_path) == {"B": "asked for"}


def test_all_that_is_missing_is_told_together_with_place_and_hint(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "zero").write_bytes(b"a\0b")
    (tmp_path / "large").write_bytes(b"x" * 70_000)
    wanted = asked(
        A="env:NO_SUCH",
        B="file:nowhere",
        C="file:empty",
        D="file:binary",
        E="file:zero",
        F="file:large",
        G="vault:kv/app#password",
        H="file:~nosuchuser/key",
    )
    with pytest.raises(ErrorGroup) as caught:
        read_secrets(wanted, tmp_path, {})
    errors = caught.value.errors
    assert all(isinstance(one, SecretMissing) and one.hint for one in errors)
    assert [one.variable for one in errors if isinstance(one, SecretMissing)] == list("ABCDEFGH")
    assert "pipeline.py:7: step 'load': secret A (env:NO_SUCH)" in str(errors[0])
    assert "VAULT_ADDR is not set" in str(errors[6])


@pytest.mark.parametrize(
    ("variable", "reference"),
    [
        ("PASS WORD", "env:A"),
        ("", "env:A"),
        ("LD_PRELOAD", "env:A"),
        ("PATH", "env:A"),
        ("A", "hunter2-in-the-source"),
        ("A", "env:"),
        ("A", "env:A-B"),
        ("A", "file:"),
        ("A", "file:a\nb"),
        ("A", "vault:kv/app"),
        ("A", "vault:kv#password"),
        ("A", "vault:kv/../sys#password"),
        ("A", "vault:kv//app#password"),
        ("A", 3),
    ],
)
def test_what_can_mean_nothing_is_refused(variable: str, reference: str) -> None:
    with pytest.raises(MarkFault):
        check_secret(variable, reference)


def test_a_secret_written_where_a_reference_belongs_is_not_shown() -> None:
    with pytest.raises(MarkFault) as caught:
        check_secret("A", "hunter2-in-the-source")
    assert "hunter2" not in str(caught.value)


def test_the_decorator_marks_and_refuses() -> None:
    def load() -> None: ...

    assert secrets(A="env:B")(load) is load
    assert options_of(load)["secrets"] == {"A": "env:B"}
    with pytest.raises(StepDefinitionError):
        secrets()
    with pytest.raises(StepDefinitionError):
        secrets(A="plain")


def test_a_vault_reference_is_a_path_and_a_field() -> None:
    assert split_vault("kv/team/app#db password") == ("kv/team/app", "db password")


def test_a_vault_without_hvac_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hvac", None)
    with pytest.raises(SecretMissing) as caught:
        read_secrets(asked(A="vault:kv/app#password"), tmp_path, {"VAULT_ADDR": "http://nowhere"})
    assert "hvac" in caught.value.fact
    assert "ops0[vault]" in (caught.value.hint or "")
