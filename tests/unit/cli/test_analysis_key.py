"""The analysis of a project on disk, looked up: never another one than would be made."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import ops0.core.analyzer
from ops0.cli.analysis_key import analysis_key
from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work
from ops0.host.folders import cache_dir

PIPELINE = "import ops0\nimport helpers\n\n@ops0.step\ndef load():\n    import yaml\n    return helpers.rows()\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "ops0.toml").write_text("")
    (tmp_path / "pipeline.py").write_text(PIPELINE)
    (tmp_path / "helpers.py").write_text(
        "import requests\n\ndef rows():\n    return requests.get('x')\n"
    )
    return tmp_path


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each analysis that is made."""
    made: list[str] = []
    real = ops0.core.analyzer.analyse

    def count(source: object, entry: str, **more: object) -> object:
        made.append(entry)
        return real(source, entry, **more)

    monkeypatch.setattr(ops0.core.analyzer, "analyse", count)
    return made


def needs(project: Path) -> list[str]:
    return [
        need.requirement
        for need in read_pipeline(open_work(str(project / "pipeline.py"))).steps[0].needs
    ]


def test_the_second_time_nothing_is_analysed(project: Path, analyses: list[str]) -> None:
    assert needs(project) == needs(project) == ["pyyaml", "requests"]
    assert len(analyses) == 1


def test_fresh_analyses_anyway(project: Path, analyses: list[str]) -> None:
    needs(project)
    read_pipeline(open_work(str(project / "pipeline.py")), fresh=True)
    assert len(analyses) == 2


def edit(name: str, text: str) -> Callable[[Path, pytest.MonkeyPatch], None]:
    def act(project: Path, _: pytest.MonkeyPatch) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        before = (project / name).stat() if (project / name).exists() else None
        (project / name).write_text(text)
        if before is not None:  # the time of a file says nothing
            os.utime(project / name, ns=(before.st_atime_ns, before.st_mtime_ns))

    return act


def install(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = project / "env" / "lib" / "python3.11" / "site-packages"
    info = site / "rivalyaml-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: rivalyaml\nVersion: 1.0\n")
    (info / "RECORD").write_text("yaml/__init__.py,,\n")
    monkeypatch.setenv("VIRTUAL_ENV", str(project / "env"))


def plug_in(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = project / "env" / "lib" / "python3.11" / "site-packages"
    info = site / "acme_ops0-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Name: acme-ops0\nVersion: 1.0\n")
    (info / "RECORD").write_text("acme_ops0/__init__.py,,\nacme_ops0/ops0.toml,,\n")
    (info / "entry_points.txt").write_text("[ops0.integrations]\nacme = acme_ops0:ops0.toml\n")
    (site / "acme_ops0").mkdir()
    (site / "acme_ops0" / "__init__.py").write_text("")
    rule = 'id = "acme"\nwhy = "acme reads"\npage = "https://acme.example"\n'
    (site / "acme_ops0" / "ops0.toml").write_text(
        f'[[rules]]\n{rule}uses = ["yaml"]\nneeds = "acme-yaml"\n'
    )
    monkeypatch.setenv("VIRTUAL_ENV", str(project / "env"))


def include(project: Path, _: pytest.MonkeyPatch) -> None:
    (project / "requirements.txt").write_text("-r more.txt\n")
    (project / "more.txt").write_text("pyyaml>=6\n")


CHANGES = {
    "the pipeline": edit("pipeline.py", PIPELINE.replace("yaml", "toml")),
    "a helper": edit("helpers.py", "def rows():\n    import httpx\n"),
    "a file that shadows a library": edit("yaml.py", "x = 1\n"),
    "a package that shadows a file": edit("helpers/__init__.py", "def rows(): ...\n"),
    "a setting": edit("ops0.toml", 'requires = ["polars"]\n'),
    "the name that provides an import": edit("ops0.toml", 'imports = { yaml = "ruamel.yaml" }\n'),
    "a declared version": edit("requirements.txt", "pyyaml>=6\n"),
    "what an included file declares": include,
    "what is installed": install,
    "the rules of an integration": plug_in,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(
    project: Path, analyses: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    before = needs(project)
    CHANGES[change](project, monkeypatch)
    after = needs(project)
    assert after != before
    assert len(analyses) == 2
    monkeypatch.setenv("OPS0_CACHE_DIR", str(project / "empty"))
    assert needs(project) == after


def test_a_file_that_was_removed_is_missed(project: Path) -> None:
    needs(project)
    (project / "helpers.py").unlink()
    with pytest.raises(ops0.core.errors.Ops0Error, match="helpers"):
        needs(project)


def test_what_decides_beside_files_is_in_the_key(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = open_work(str(project / "pipeline.py"))
    keys = [analysis_key(work, ()), analysis_key(work, ("limit",))]
    (project / "ops0.toml").write_text('python = "3.10"\n')
    keys.append(analysis_key(open_work(str(project / "pipeline.py")), ()))
    monkeypatch.setattr(ops0, "__version__", "0.0.0")
    keys.append(analysis_key(work, ()))
    assert len(set(keys)) == 4
    assert analysis_key(open_work(str(project / "pipeline.py")), ()) == analysis_key(
        open_work(str(project / "pipeline.py")), ()
    )


def test_the_programs_that_a_distribution_brings_are_in_the_key(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(project, monkeypatch)
    before = analysis_key(open_work(str(project / "pipeline.py")), ())
    (record,) = project.glob("env/lib/python3.11/site-packages/*/RECORD")
    record.write_text(record.read_text() + "../../../bin/rival,,\n")
    assert analysis_key(open_work(str(project / "pipeline.py")), ()) != before


def test_a_cache_that_cannot_be_written_is_no_fault(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS0_CACHE_DIR", str(project / "pipeline.py" / "cache"))
    assert needs(project) == ["pyyaml", "requests"]


def test_a_damaged_entry_is_made_anew(project: Path, analyses: list[str]) -> None:
    needs(project)
    (entry,) = (cache_dir() / "analyses").iterdir()
    entry.write_bytes(entry.read_bytes().replace(b"requests", b"requestz"))
    assert needs(project) == ["pyyaml", "requests"]
    assert len(analyses) == 2
