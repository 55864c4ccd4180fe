"""Another engine for a block: an address or a context, and all as it was afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from ops0.cli.main import ops0_command
from ops0.cli.on_engine import on_engine
from ops0.host.engine_errors import NO_ENGINE_HINT, EngineAddressError, EngineUnreachable


def variables() -> tuple[str | None, str | None]:
    return os.environ.get("DOCKER_HOST"), os.environ.get("DOCKER_CONTEXT")


@pytest.mark.parametrize(
    ("named", "inside"),
    [
        ("tcp://builder:2376", ("tcp://builder:2376", None)),
        ("builder", (None, "builder")),
        ("", ("unix:///mine", None)),
        (None, ("unix:///mine", None)),
    ],
)
def test_it_holds_for_the_block_only(
    named: str | None, inside: tuple[str | None, str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///mine")
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    seen = []

    def fail() -> None:
        with on_engine(named, "--on"):
            seen.append(variables())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [inside]
    assert variables() == ("unix:///mine", None)


def test_an_address_that_is_none_is_told_by_what_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///mine")
    with pytest.raises(EngineAddressError, match=r"^--on: ssh://u@h: ") as told:  # noqa: SIM117 - the block is entered
        with on_engine("ssh://u@h", "--on"):
            pass
    assert "ssh -nNT" in str(told.value.hint)


def test_processes_have_no_engine() -> None:
    done = CliRunner().invoke(ops0_command, ["run", "pipeline.py", "--on", "builder"])
    assert done.exit_code == 2
    assert "give it with --containers" in done.output


@pytest.mark.parametrize(
    ("argv", "also"),
    [(["run", "--containers"], "; without --containers no Docker is needed"), (["build"], "")],
)
def test_only_a_run_has_a_way_without_an_engine(
    argv: list[str], also: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise EngineUnreachable("unix:///mine", "nobody")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ops0.cli.commands.run.open_work", nobody)
    monkeypatch.setattr("ops0.cli.commands.build.open_work", nobody)
    done = CliRunner().invoke(ops0_command, argv)
    assert isinstance(done.exception, EngineUnreachable)
    assert done.exception.hint == f"{NO_ENGINE_HINT}{also}"
