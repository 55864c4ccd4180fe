"""What is refused before a bundle is opened, or because none is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import ops0
from ops0.cli.main import ops0_command
from ops0.cli.run_api import NoBundleNamed, NoParams, OnlyContainers, UnknownMode
from ops0_builder.bundle.errors import NoBundle


def test_a_bundle_is_run_as_containers_only(tmp_path: Path) -> None:
    with pytest.raises(OnlyContainers):
        ops0.run(tmp_path / "flow.ops0", mode="local")
    with pytest.raises(NoBundle):  # it is opened, whatever the mode is not called
        ops0.run(tmp_path / "flow.ops0")


def test_what_is_for_bundles_only() -> None:
    with pytest.raises(NoBundleNamed):
        ops0.run("flow.py", key="cosign.pub")
    with pytest.raises(NoBundleNamed):
        ops0.run(secrets=True)
    with pytest.raises(UnknownMode):
        ops0.run("flow.ops0", mode="distributed")  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [None, "flow.py"])
def test_parameters_are_a_dict(path: str | None) -> None:
    with pytest.raises(NoParams):
        ops0.run(path, params="count=3")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "flow.py", "--key", "k.pub"], "--key and --identity are for bundles"),
        (
            ["bundle", "create", "-o", "a.ops0", "--tools-python", "3.13"],
            "--tools-python goes with --with-tools",
        ),
        (
            ["bundle", "create", "-o", "a.ops0", "--with-tools", "--tools-python", "3.9"],
            "ops0 runs on Python 3.10 and newer",
        ),
    ],
)
def test_wrong_usage(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pipeline.py").write_text("import ops0\n\n@ops0.step\ndef one():\n    return 1\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(ops0_command, words)
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
