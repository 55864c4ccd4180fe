"""An image that is not here: where it may come from."""

from __future__ import annotations

import pytest

from ops0_builder.about.about import _how_to_have


@pytest.mark.parametrize(
    ("reference", "word"),
    [
        ("registry.example/team/flow:load-1", "docker pull registry.example/team/flow:load-1"),
        ("localhost:5000/flow:x", "docker pull localhost:5000/flow:x"),
        ("ops0/flow/load:0123456789abcdef", "ops0 build"),
        ("sha256:12", "ops0 build"),
    ],
)
def test_what_is_not_on_the_engine_is_pulled_or_built(reference: str, word: str) -> None:
    assert word in _how_to_have(reference)
