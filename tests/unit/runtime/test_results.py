"""Where results may be written is settled before a run that takes long."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.runtime.errors import ExportFault
from ops0.runtime.results import check_export


def test_a_new_or_empty_folder_takes_results(tmp_path: Path) -> None:
    check_export(tmp_path / "new" / "deep")
    check_export(tmp_path / "new" / "deep")


def test_a_folder_that_holds_something_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "old.txt").touch()
    with pytest.raises(ExportFault, match="is not empty"):
        check_export(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportFault, match="file"):
        check_export(tmp_path / "file" / "out")
