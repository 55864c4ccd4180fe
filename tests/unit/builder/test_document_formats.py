"""Documents that travel name fields by their place: a change of the classes is a change of the format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

import pytest

from ops0.core.digest import digest_of
from ops0.core.rows import from_rows
from ops0_builder.bundle import document as bundles
from ops0_builder.bundle.values import FORMAT as BUNDLES
from ops0_builder.deploy import document as deployments
from ops0_builder.deploy.values import FORMAT as DEPLOYMENTS


def shape(classes: Iterable[type]) -> str:
    return digest_of(sorted([one.__name__, *(f.name for f in fields(one))] for one in classes))[:16]


def test_whoever_changes_a_class_raises_the_format() -> None:
    """Then a document of another ops0 is told by its number. Change both sides of a line together."""
    assert (BUNDLES, shape(bundles._CLASSES)) == (9, "a63e2fdb3425a40d")
    assert (DEPLOYMENTS, shape(deployments._CLASSES)) == (6, "74edb9b84db081d2")


def test_a_row_of_another_length_is_told_in_words() -> None:
    with pytest.raises(ValueError, match="its StepOptions has 1 fields, this ops0's"):
        from_rows([["StepOptions", 1]], bundles._CLASSES)
