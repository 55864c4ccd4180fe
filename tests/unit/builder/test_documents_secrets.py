"""A document from elsewhere names secrets only by references that ops0 itself would have written."""

from __future__ import annotations

from typing import Any

import handmade
import pytest

from ops0.core.pipeline import Pipeline
from ops0_builder.documents import BadDocument, check_pipeline


def a_pipeline(*secrets: tuple[Any, Any]) -> Pipeline:
    steps = [handmade.a_step("load", secrets=secrets)]
    return handmade.a_pipeline(steps, [handmade.a_call("load")])


def test_references_pass() -> None:
    check_pipeline(a_pipeline(("A", "env:B"), ("C", "vault:kv/app#f")))


@pytest.mark.parametrize("pair", [("LD_PRELOAD", "env:B"), ("A", "plain"), ("A=B", "env:B")])
def test_anything_else_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(BadDocument):
        check_pipeline(a_pipeline(pair))
