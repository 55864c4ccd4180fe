"""Names of pipelines, made of those of files and folders."""

from __future__ import annotations

import pytest

from ops0.core.fit_name import fit_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("churn", "churn"),
        ("Kündigungen im März", "kundigungen-im-marz"),  # the letters were left out: k-ndigungen
        ("Kündigung", "kundigung"),  # as a Mac stores it
        ("Straße", "strasse"),
        ("_my flow_.v2", "my-flow_.v2"),
        ("数据", "otherwise"),
        ("x" * 80, "x" * 63),
    ],
)
def test_a_name_keeps_what_letters_it_can(text: str, name: str) -> None:
    assert fit_name(text, "otherwise") == name
