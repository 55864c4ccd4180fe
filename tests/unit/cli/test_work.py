"""The project of the folder that a command stands in."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ops0.cli.environments import records_named
from ops0.cli.main import ops0_command
from ops0.cli.work import any_work, open_work
from ops0.core.analyzer.errors import SourceMissing
from ops0_builder.deploy.local_records import LocalRecords
from ops0_builder.deploy.registry_records import RegistryRecords

PROD = '[environments.prod]\nregistry = "registry.example/team"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ops0.toml").write_text(PROD)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return tmp_path.resolve()


def test_settings_that_name_no_pipeline_count(project: Path) -> None:
    work = any_work()
    assert work.project.root == project
    assert list(work.project.settings.environments) == ["prod"]
    assert isinstance(records_named("flow", "prod"), RegistryRecords)
    assert isinstance(records_named("flow", "other"), LocalRecords)


def test_what_is_deployed_on_this_machine_is_looked_up_there(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry would be asked over the network, which no unit test may."""
    monkeypatch.setattr("ops0_builder.deploy.local_records.local_names", lambda: ("flow",))
    done = CliRunner().invoke(ops0_command, ["deployments", "--json"], catch_exceptions=False)
    assert (done.exit_code, done.stdout.strip()) == (0, "[]")


@pytest.mark.parametrize(("option", "given"), [("--older-than", "soon"), ("--max-size", "4g")])
def test_a_quantity_that_cannot_be_read_is_wrong_usage(option: str, given: str) -> None:
    done = CliRunner().invoke(ops0_command, ["gc", option, given])
    assert done.exit_code == 2
    assert f"Invalid value for '{option}': {given!r} is not a" in done.output


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("odd/flw.py", "did you mean 'odd/flow.py'?"),
        ("odd/flow:total", "did you mean 'odd/flow.py'?"),
        ("odd/other.py", "give the path of a Python file or a notebook"),
        ("nodir/flow.py", "give the path of a Python file or a notebook"),
        ("/nodir/flow.py", "give the path of a Python file or a notebook"),
    ],
)
def test_a_file_that_is_missing_is_named_as_it_was_given(
    given: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ops0 run nodir/flow.py` said: flow.py: no such file."""
    monkeypatch.chdir(tmp_path)
    Path("odd").mkdir()
    Path("odd/flow.py").touch()
    with pytest.raises(SourceMissing) as caught:
        open_work(given)
    told = given.partition(":")[0]
    assert (str(caught.value), caught.value.hint) == (f"{told}: no such file", hint)
