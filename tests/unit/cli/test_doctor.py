"""What `ops0 doctor` finds on the machine itself."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops0.cli.commands import doctor
from ops0.cli.main import ops0_command
from ops0_builder.build_errors import BuildxUnusable
from ops0_builder.lock.errors import IndexUnreachable


def test_whatever_goes_wrong_is_a_finding() -> None:
    def odd() -> str:
        raise KeyError("ApiVersion")

    found = doctor._checked("engine", odd)
    assert (found.well, found.fact) == (False, "KeyError: 'ApiVersion'")


def test_a_cache_that_cannot_be_made_is_no_disk_with_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(tmp_path / "a" / "b"))
    assert doctor._disk().fact.endswith(f"free for {tmp_path / 'a' / 'b'}")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root
    found = doctor._disk()
    assert not found.well
    assert found.fact.startswith(f"{tmp_path / 'a' / 'b'} cannot be made")


def missing(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, doctor.Finding]:
    """What it finds missing with these variables."""
    monkeypatch.setattr(doctor, "buildx_fault", lambda: BuildxUnusable("there is none"))
    monkeypatch.setattr(doctor, "_index", lambda _work: "it answers")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return {one.name: one for one in doctor._look() if not one.well}


def test_an_engine_that_is_not_reached_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = missing({"DOCKER_HOST": "ssh://me@far"}, monkeypatch)
    assert sorted(found) == ["buildx", "engine"]
    assert "ssh -nNT -L" in found["engine"].fix


def test_what_only_a_build_needs_is_told_so_and_this_command_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = missing({"DOCKER_HOST": "ssh://me@far"}, monkeypatch)
    assert found["buildx"].fact.endswith("needed only to build images")
    assert "ops0 doctor" not in found["buildx"].fix


def test_an_index_that_does_not_answer_is_told_and_nothing_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An air-gapped machine has none, and with a lock and its wheels it needs none."""
    well = doctor.Finding(name="engine", well=True, fact="it is there")

    def no_answer() -> str:
        raise IndexUnreachable(
            "the package index does not answer", "  error: https://index.test/simple/pip/"
        )

    silent = doctor._checked("index", no_answer, only="to lock")
    monkeypatch.setattr(doctor, "_look", lambda: iter((well, replace(silent, needed=False))))
    done = CliRunner().invoke(ops0_command, ["doctor"])
    assert done.exit_code == 0
    assert (
        "note index      the package index does not answer; error: https://index.test"
        in done.output
    )
    assert "needed only to lock" in done.output
