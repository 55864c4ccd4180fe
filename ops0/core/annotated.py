"""What the text of an annotation says, where it matters how a value is handed over."""

from __future__ import annotations

_PATHS = frozenset({"Path", "pathlib.Path", "PurePath", "pathlib.PurePath"})


def bare_type(annotation: str | None) -> str:
    """The type's name, without quotes and without what makes it optional.

    >>> bare_type("Optional[pathlib.Path]"), bare_type("None | int"), bare_type(None)
    ('pathlib.Path', 'int', '')
    """
    bare = (annotation or "").strip("'\"").replace(" ", "").removeprefix("typing.")
    for start in ("Optional[", "Union["):
        if bare.startswith(start) and bare.endswith("]"):
            bare = bare[len(start) : -1].replace(",None", "").replace("None,", "")
    return bare.removesuffix("|None").removeprefix("None|")


def is_path(annotation: str | None) -> bool:
    """Whether a parameter so annotated takes a ``pathlib.Path``, or may do without."""
    return bare_type(annotation) in _PATHS
