"""What the text of an annotation says."""

from __future__ import annotations

import pytest

from ops0.core.graphs.annotated import bare_type, is_path


@pytest.mark.parametrize(
    "text",
    [
        "Path", "pathlib.Path", "'Path'", "PurePath", "Path | None", "None | Path", "Optional[Path]",
        "typing.Optional[pathlib.Path]",
        "Union[Path, None]", "Union[None, Path]", 'Optional["Path"]', "t.Optional[Path]", "Annotated[Path, 1]",
        "'Path | None'", "typing.Annotated[Optional['pathlib.Path'], help]", "Path | PurePath",
    ],
)  # fmt: skip
def test_paths(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "str",
        "Path | str",
        "Union[str, Path]",
        "list[Path]",
        "MyPath",
        "x.Path",
        "None",
        "(((",
        "f(Path)",
    ],
)
def test_no_paths(text: str | None) -> None:
    assert not is_path(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", "int"), ("Optional['int']", "int"), ("Annotated[int, Gt(0)]", "int"), ("None | bool", "bool"),
        ('Literal["a", "b"]', "str"), ("Literal[-1, 2]", "int"), ("Literal[True, None]", "bool"),
        ("Literal[Color.RED]", "Color"), ('Literal["a", 1]', ""), ("int | str", ""), ("list[int]", "list"), (None, ""),
        ("None", ""), ("Annotated[()]", "Annotated"), ("int | 3", ""),
    ],
)  # fmt: skip
def test_the_one_type(text: str | None, kind: str) -> None:
    assert bare_type(text) == kind
