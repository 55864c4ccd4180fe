"""What is told of files that are not read, and what of them is nobody's matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.core.pipeline import Warn
from ops0.core.project_files import MemorySource
from ops0.core.requirements.unread import unread_files
from ops0.host.declared import read_declared
from ops0.host.project import find_project


def told(files: dict[str, str], *, declares: bool = False) -> tuple[Warn, ...]:
    return unread_files(MemorySource(files), declares=declares, lock="own.lock")


def test_a_second_lock_is_told() -> None:
    found = told({"uv.lock": "", "Pipfile.lock": "no JSON"})
    assert [(one.text, str(one.where)) for one in found] == [
        ("uv.lock counts, and Pipfile.lock is not read", "Pipfile.lock:1")
    ]


@pytest.mark.parametrize("name", ["conda-lock.yml", "conda-lock.yaml", "pixi.lock"])
@pytest.mark.parametrize("declares", [True, False])
def test_a_lock_of_conda_is_told_until_there_is_another(name: str, declares: bool) -> None:
    """It matters to who makes a lock, and to nobody whose steps run in that very environment of conda."""
    files = {name: "version: 1\n"}
    (warning,) = told(files, declares=declares)
    assert (warning.where.path, warning.text.partition(":")[0]) == (name, "is not read")
    assert warning.images
    assert told({**files, "own.lock/pylock.a.toml": ""}) == ()
    assert told({**files, "uv.lock": ""}) == ()


FOLDER = {"requirements/base.txt": "attrs\n", "requirements/dev.txt": "pytest\n"}


def test_a_folder_of_requirements_files_is_told_where_nothing_else_is_declared() -> None:
    (warning,) = told(FOLDER)
    assert str(warning.where) == "requirements/base.txt:1"
    assert warning.hint == (
        "name it in a requirements.txt beside the folder: -r requirements/base.txt; "
        "an empty one says that it is none"
    )
    assert warning.images
    assert told(FOLDER, declares=True) == ()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"requirements.txt": ""}, True),
        ({"requirements.in": "# none\n"}, True),
        ({"pyproject.toml": '[project]\nname = "x"\ndependencies = []\n'}, True),
        ({"pyproject.toml": '[project]\nname = "x"\n'}, False),
        ({"pyproject.toml": "[tool.ruff]\n"}, False),
    ],
)
def test_a_project_that_needs_nothing_says_so(files: dict[str, str], says: bool) -> None:
    assert (told({**FOLDER, **files}) == ()) is says


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("attrs>=22  # why\n-r other.txt\n./libs/acme\n", True),
        ("-r other.txt\n", True),
        ("attrs==22 --hash=sha256:00\n", True),
        ("Product requirements\n\nThe report shall be there at six.\n", False),
        ("Overview\n\n1. It is fast.\n", False),
        ("", False),
        ("# to come\n", False),
    ],
)
def test_a_text_on_what_a_product_must_do_is_none(text: str, is_one: bool) -> None:
    assert bool(told({"requirements/main.txt": text})) is is_one


BLOCK = '# /// script\n# dependencies = ["attrs"]\n# ///\n'


@pytest.mark.parametrize(("text", "count"), [("", 1), (BLOCK, 0)])
def test_what_a_script_declares_is_declared(tmp_path: Path, text: str, count: int) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/base.txt").write_text("attrs\n")
    (tmp_path / "ops0.toml").touch()
    (tmp_path / "flow.py").write_text(text)
    assert len(read_declared(find_project(tmp_path / "flow.py")).warnings) == count
