"""Notebooks given as the texts of their cells."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest


@pytest.fixture
def notebook() -> Callable[..., bytes]:
    """notebook("x = 1", "# text", ...): code cells; one that starts with ``md:`` is a text cell."""

    def make(*cells: str, **more: object) -> bytes:
        return json.dumps(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": {},
                "cells": [cell(one) for one in cells],
                **more,
            }
        ).encode()

    def cell(text: str) -> dict[str, object]:
        if text.startswith("md:"):
            return {"cell_type": "markdown", "metadata": {}, "source": text[3:]}
        source = text.splitlines(keepends=True)
        return {
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }

    return make
