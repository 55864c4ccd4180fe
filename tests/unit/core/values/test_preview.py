"""A value in one short line."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from ops0.core.values.preview import LIMIT, preview


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


def test_a_path_is_shown_by_its_own_name_only() -> None:
    assert preview(PurePosixPath("/tmp/tmpab12/chart.png")) == "chart.png"


def test_a_broken_repr_is_no_error() -> None:
    assert "Broken" in preview(Broken())


@pytest.mark.parametrize("value", ["x" * 10_000, ["\x1b[31m" * 300], {"a\n": "\0"}])
def test_it_is_short_and_printable(value: object) -> None:
    shown = preview(value)
    assert len(shown) <= LIMIT
    assert shown.isprintable()
