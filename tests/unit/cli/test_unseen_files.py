"""Parameters that name a file which a container does not see."""

from __future__ import annotations

from pathlib import Path

import pytest
from handmade import HERE, a_call, a_pipeline, a_step

from ops0.cli.unseen_files import unseen_files
from ops0.core.pipeline import DataFile, FromParam, JsonValue, Pipeline, Reason


def flow(annotation: str | None, *data: str, folder: str = ".") -> Pipeline:
    """Two steps that take the parameter ``rows``; both have the same data files."""
    files = tuple(DataFile(path=one, reason=Reason(HERE, "open()")) for one in data)
    steps = [a_step(name, data=files, folder=folder) for name in ("load", "again")]
    source = FromParam(param="rows", required=True, annotation=annotation)
    return a_pipeline(steps, [a_call(one.name, rows=source) for one in steps])


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text("1\n")
    (tmp_path / "train").write_text("a file that is called as a mode")
    (tmp_path / "in").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("annotation", "value", "told"),
    [
        ("Path", "rows.csv", True),
        ("Path | None", "train", True),
        ("Path", "in", True),
        ("Path", "/data/rows.csv", False),
        ("str", "rows.csv", True),
        (None, "./train", True),
        (None, "train", False),
        (None, "in", False),
        ("str", "", False),
        ("str", "a\nb", False),
        ("str", "x/" * 3000, False),
        ("int", 3, False),
        (None, ["rows.csv"], False),
    ],
)
def test_only_what_means_a_file_that_is_here(
    here: Path, annotation: str | None, value: JsonValue, told: bool
) -> None:
    found = list(unseen_files({"rows": value, "other": "rows.csv"}, flow(annotation), here))
    assert len(found) == told  # once, although two steps take it
    assert all(str(value) in one.text and one.hint and one.where == HERE for one in found)


def test_an_absolute_path_too(here: Path) -> None:
    assert list(unseen_files({"rows": str(here / "rows.csv")}, flow("str"), Path("/")))


@pytest.mark.parametrize(("folder", "place"), [(".", "rows.csv"), ("a/b", "a/b/rows.csv")])
def test_a_file_that_the_image_has_is_seen(here: Path, folder: str, place: str) -> None:
    given: dict[str, JsonValue] = {"rows": "rows.csv"}
    assert not list(unseen_files(given, flow("Path", place, folder=folder), here))
    assert list(unseen_files(given, flow("Path", "other.csv", folder=folder), here))
