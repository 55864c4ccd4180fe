"""What the text of an annotation says."""

from __future__ import annotations

import pytest

from ops0.core.annotated import is_path


@pytest.mark.parametrize(
    "text",
    [
        "Path", "pathlib.Path", "'Path'", "PurePath", "Path | None", "None | Path", "Optional[Path]",
        "typing.Optional[pathlib.Path]",
        "Union[Path, None]", "Union[None, Path]",
    ],
)  # fmt: skip
def test_paths(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize(
    "text", [None, "", "str", "Path | str", "Union[str, Path]", "list[Path]", "MyPath", "x.Path"]
)
def test_no_paths(text: str | None) -> None:
    assert not is_path(text)
