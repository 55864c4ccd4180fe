"""What is told of the checkout that images come from, asked from Git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from handmade import a_step

from ops0.core.pipeline import CellLines, DataFile, Pipeline, Reason, Slice, Where
from ops0_builder.about.revision import Checkout, checkout_of, files_of

AS = ("-c", "user.name=t", "-c", "user.email=t@t.example")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *AS, *words], check=True, capture_output=True)


def checkout(folder: Path) -> Checkout:
    found = checkout_of(folder)
    assert found is not None
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = (tmp_path / "repository" / "project").resolve()
    (root / "lib").mkdir(parents=True)
    for name in ("flow.py", "lib/tools.py", "größe.csv", ".gitignore"):
        (root / name).write_text("made.py\n" if name == ".gitignore" else "")
    (root / "linked").symlink_to("lib")
    git(root.parent, "init", "-q")
    git(root.parent, "add", ".")
    git(root.parent, "commit", "-qm", "x")
    for name in ("helpers.py", "made.py"):
        (root / name).write_text("")
    return root


@pytest.mark.parametrize(
    ("files", "changed"),
    [
        ({"flow.py", "lib/tools.py", "größe.csv"}, False),
        ({"linked/tools.py"}, False),
        ({"flow.py", "helpers.py"}, True),
        ({"made.py"}, True),
        ({"gone.py"}, True),
        (set(), False),
    ],
)
def test_what_is_not_in_git_is_not_of_its_commit(
    project: Path, files: set[str], changed: bool
) -> None:
    assert checkout(project).revision_with(files).changed is changed


def test_a_tracked_file_that_differs_changes_all(project: Path) -> None:
    (project / "lib/tools.py").write_text("x = 1\n")
    assert checkout(project).revision_with({"flow.py"}).changed
    git(project, "commit", "-qam", "y")
    assert not checkout(project).revision_with({"flow.py"}).changed


def test_no_repository_has_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert checkout_of(tmp_path) is None


def test_the_files_of_a_pipeline_are_its_code_and_data_as_they_stand_in_the_project() -> None:
    slices = (
        Slice(module="flow", path="flow.py", text=""),
        Slice(
            module="churn_ipynb",
            path="churn_ipynb.py",
            text="",
            cells=CellLines(path="churn.ipynb", starts=()),
        ),
    )
    data = (DataFile(path="a.csv", reason=Reason(Where("flow.py", 1), "open")),)
    pipeline = Pipeline(
        name="flow",
        entry="flow.py",
        steps=(a_step("load", slices=slices, data=data), a_step("next", slices=slices[:1])),
        calls=(),
        results=(),
        explicit=True,
    )
    assert files_of(pipeline) == {"flow.py", "churn.ipynb", "a.csv"}
