"""Finding a project on disk, and reading only what is in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ops0.core.configuration.settings import UnknownSetting
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource, Source
from ops0.core.requirements.values import Context
from ops0.core.toml_text import BadSetting
from ops0.host.context import read_context
from ops0.host.declared import read_declared
from ops0.host.installed import read_installed
from ops0.host.project import (
    BundleGiven,
    DiskSource,
    NoPipelineNamed,
    NotSource,
    OutsideProject,
    UnreadableFile,
    find_project,
)
from ops0.host.tables import read_tables


def make(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root.resolve()


def test_without_settings_or_marks_the_files_own_folder_is_the_root(tmp_path: Path) -> None:
    root = make(tmp_path, {"flows/train.py": ""})
    project = find_project(root / "flows" / "train.py")
    assert (project.root, project.entry, project.roots) == (root / "flows", "train.py", ("",))
    assert project.settings.path is None


@pytest.mark.parametrize(
    "mark", [".git/HEAD", "pyproject.toml", "requirements.txt", "setup.py", "setup.cfg"]
)
def test_without_settings_the_nearest_top_of_a_project_is_the_root(
    tmp_path: Path, mark: str
) -> None:
    files = {mark: "", "jobs/steps/train.py": "from jobs.tools import x", "jobs/tools.py": "x = 1"}
    root = make(tmp_path, files)
    project = find_project(root / "jobs" / "steps" / "train.py")
    assert (project.root, project.entry) == (root, "jobs/steps/train.py")
    assert project.roots == ("jobs/steps", "jobs", "")
    assert project.settings.path is None


def test_a_module_of_a_package_is_seen_from_above_the_package(tmp_path: Path) -> None:
    files = {"lake/__init__.py": "", "lake/jobs/__init__.py": "", "lake/jobs/load.py": ""}
    root = make(tmp_path, files)
    project = find_project(root / "lake" / "jobs" / "load.py")
    assert (project.root, project.roots) == (root, ("lake/jobs", "lake", ""))


UP = "import sys\nfrom pathlib import Path\nROOT = Path(__file__).resolve().parents[1]\n"


@pytest.mark.parametrize(
    ("text", "root", "entry"),
    [
        (f"{UP}sys.path.append(str(ROOT / 'src'))", "lake", "jobs/load.py"),
        (f"{UP}sys.path.insert(0, str(ROOT.parent))", ".", "lake/jobs/load.py"),
        ("import sys\nsys.path.append('..')", "lake", "jobs/load.py"),
        ("import sys\nsys.path.append('more')", "lake/jobs", "load.py"),
        ("import sys\nsys.path.append('/opt/more')", "lake/jobs", "load.py"),
        ("import sys\nsys.path.append(", "lake/jobs", "load.py"),
    ],
)
def test_without_marks_the_file_itself_says_where_its_project_begins(
    tmp_path: Path, text: str, root: str, entry: str
) -> None:
    top = make(tmp_path, {"lake/jobs/load.py": text, "lake/src/wells.py": ""})
    project = find_project(top / "lake" / "jobs" / "load.py")
    assert (project.root, project.entry) == ((top / root).resolve(), entry)


def test_a_folder_that_everybody_may_write_to_is_no_project(tmp_path: Path) -> None:
    top = make(tmp_path, {"lake/jobs/load.py": "import sys\nsys.path.append('../..')"})
    top.chmod(0o1777)
    assert find_project(top / "lake" / "jobs" / "load.py").root == top / "lake"


def test_the_users_home_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path, {".git/HEAD": "", "flows/train.py": ""})
    monkeypatch.setenv("HOME", str(root))
    assert find_project(root / "flows" / "train.py").root == root / "flows"


@pytest.mark.parametrize(
    ("name", "text"),
    [("ops0.toml", 'python = "3.12"\n'), ("pyproject.toml", '[tool.ops0]\npython = "3.12"\n')],
)
def test_the_nearest_settings_are_the_root(tmp_path: Path, name: str, text: str) -> None:
    files = {
        name: text,
        "src/acme/__init__.py": "",
        "flows/deep/train.py": "",
        "flows/pyproject.toml": "[x]\n",
    }
    root = make(tmp_path, files)
    project = find_project(root / "flows" / "deep" / "train.py")
    assert (project.root, project.entry) == (root, "flows/deep/train.py")
    assert project.roots == ("flows/deep", "flows", "", "src")
    assert (project.settings.path, project.settings.python) == (name, "3.12")


def test_a_folder_means_the_pipeline_that_its_settings_name(tmp_path: Path) -> None:
    root = make(
        tmp_path, {"ops0.toml": 'pipeline = "flows/train.py:nightly"\n', "flows/train.py": ""}
    )
    project = find_project(root)
    assert (project.entry, project.selected, project.roots) == (
        "flows/train.py",
        "nightly",
        ("flows", ""),
    )
    assert find_project(root, "other").selected == "other"
    make(tmp_path, {"ops0.toml": ""})
    with pytest.raises(NoPipelineNamed) as fault:
        find_project(root)
    assert fault.value.exit_code == 9
    assert "ops0 init" in str(fault.value.hint)


def test_who_names_no_pipeline_is_told_which_there_are(tmp_path: Path) -> None:
    code = "import ops0\n@ops0.step\ndef one(): return 1\n"
    make(
        tmp_path,
        {
            "flow.py": code,
            "book.ipynb": '{"cells": ["import ops0", "@ops0.step"]}',
            "helper.py": "import ops0\n",
            "notes.txt": code,
            "below/other.py": code,
        },
    )
    (tmp_path / "dangling.py").symlink_to("nowhere")
    with pytest.raises(NoPipelineNamed) as fault:
        find_project(tmp_path)
    assert fault.value.hint == "name the file behind the command: book.ipynb, flow.py"


def test_a_file_of_data_is_no_pipeline_file(tmp_path: Path) -> None:
    make(tmp_path, {"third.csv": "a,b\n", "script": ""})
    with pytest.raises(NotSource, match=r"third\.csv: not a Python file or notebook"):
        find_project(tmp_path / "third.csv")
    assert find_project(tmp_path / "script").entry == "script"


def test_a_bundle_is_no_pipeline_file(tmp_path: Path) -> None:
    make(tmp_path, {"flow.ops0": "not read"})
    with pytest.raises(BundleGiven, match="holds images") as fault:
        find_project(tmp_path / "flow.ops0")
    assert (fault.value.exit_code, "ops0 run" in str(fault.value.hint)) == (9, True)


def test_a_missing_file_is_left_to_the_reader(tmp_path: Path) -> None:
    project = find_project(tmp_path / "none.py")
    assert (project.entry, project.source.read("none.py")) == ("none.py", None)


def test_a_relative_path_and_a_linked_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make(tmp_path / "real", {"flow.py": "x = 1"})
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(tmp_path)
    project = find_project(Path("link/flow.py"))
    assert (project.root, project.entry, project.source.read("flow.py")) == (
        root,
        "flow.py",
        b"x = 1",
    )


def test_settings_in_both_files_are_refused(tmp_path: Path) -> None:
    make(tmp_path, {"ops0.toml": "", "pyproject.toml": "[tool.ops0]\n", "flow.py": ""})
    with pytest.raises(BadSetting):
        find_project(tmp_path / "flow.py")


def test_a_bad_key_is_told(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": "[tool.ops0]\npyton = 1\n", "flow.py": ""})
    with pytest.raises(UnknownSetting) as fault:
        find_project(tmp_path / "flow.py")
    assert (fault.value.key, fault.value.where.line) == ("pyton", 2)
    assert fault.value.hint == "did you mean 'python'?"


def test_a_strangers_broken_pyproject_above_is_passed_by(tmp_path: Path) -> None:
    root = make(tmp_path, {"pyproject.toml": "[broken", "flows/flow.py": ""})
    assert find_project(root / "flows" / "flow.py").root == root / "flows"


FILES = {"flow.py": "a", "pkg/__init__.py": "", "pkg/deep/m.py": "b", "data.csv": "1"}


@pytest.mark.parametrize(
    "path", ["flow.py", "pkg/__init__.py", "pkg", "", ".", "none", "pkg/deep/m.py", "flow.py/x"]
)
def test_a_disk_is_read_like_memory(tmp_path: Path, path: str) -> None:
    disk: Source = DiskSource(make(tmp_path, FILES))
    memory: Source = MemorySource(FILES)
    assert disk.read(path) == memory.read(path)
    assert disk.is_dir(path) == memory.is_dir(path)
    assert disk.list(path) == memory.list(path)


def test_nothing_outside_is_given(tmp_path: Path) -> None:
    make(tmp_path, {"secret.txt": "s", "other/x.py": ""})
    root = make(tmp_path / "project", FILES)
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "folder").symlink_to(tmp_path / "other")
    (root / "inside.py").symlink_to(root / "flow.py")
    source = DiskSource(root)
    for path in ("link.txt", "folder/x.py", "../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(OutsideProject):
            source.read(path)
    assert not source.is_dir("folder")
    assert not source.is_dir("..")
    assert source.list("folder") == ()
    assert source.read("inside.py") == b"a"


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "../none"])
def test_impossible_names_are_no_files(tmp_path: Path, path: str) -> None:
    source = DiskSource(tmp_path.resolve())
    assert (source.read(path), source.is_dir(path), source.list(path)) == (None, False, ())


def test_pipes_and_loops_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    source = DiskSource(tmp_path.resolve())
    assert source.read("pipe") is None
    assert source.read("loop") is None
    assert source.list("pipe") == ()


def test_what_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(tmp_path, {"flow.py": ""})

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(os, "listdir", refuse)
    for reading in (DiskSource(root).read, DiskSource(root).list):
        with pytest.raises(UnreadableFile) as fault:
            reading("flow.py")
        assert str(fault.value) == "flow.py: cannot be read: Permission denied"


def test_a_context_joins_it_all(tmp_path: Path) -> None:
    root = make(
        tmp_path,
        {
            "ops0.toml": 'requires = ["numpy"]\napt = ["git"]\n[imports]\nacme = "acme-lib"\n',
            "requirements.txt": "pandas>=2\n-i https://example.org\n",
            "flow.py": "",
        },
    )
    project = find_project(root / "flow.py")
    declared = read_declared(project)
    installed = read_installed([])
    context = read_context(project, Target(python="3.11"), declared, installed)
    assert [str(warn.where) for warn in declared.warnings] == ["requirements.txt:2"]
    assert context == Context(
        target=Target(python="3.11"),
        tables=read_tables(),
        root=str(root),
        installed=installed,
        requires=project.settings.requires,
        apt=project.settings.apt,
        project=declared.declarations,
        imports=project.settings.imports,
    )
    assert [one.text for one in (*context.requires, *context.apt, *context.project)] == [
        "numpy",
        "git",
        "pandas>=2",
    ]


@pytest.mark.parametrize(
    "said", ["./flow.py", "flow.py", "./flow.py:nightly", "a/./flow.py", "a//flow.py"]
)
def test_a_pipeline_of_the_settings_is_the_one_that_is_named(tmp_path: Path, said: str) -> None:
    root = make(tmp_path, {"ops0.toml": f"pipeline = {said!r}\n", "flow.py": "", "a/flow.py": ""})
    named = find_project(root)
    assert find_project(root / named.entry).entry == named.entry
    assert find_project(root / named.entry).is_main
    assert "./" not in named.entry


@pytest.mark.parametrize("said", [":nightly", "flow.py:", ":"])
def test_a_pipeline_of_the_settings_needs_a_file_and_a_name(tmp_path: Path, said: str) -> None:
    root = make(tmp_path, {"ops0.toml": f"pipeline = {said!r}\n"})
    with pytest.raises(BadSetting, match="names no"):
        find_project(root)
