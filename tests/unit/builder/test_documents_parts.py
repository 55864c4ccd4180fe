"""A document from elsewhere puts arguments together of what is there, and of what was called before."""

from __future__ import annotations

from typing import Any

import handmade
import pytest

from ops0.core.locked import Lock
from ops0.core.pipeline import CallId, FromCall, FromCalls, FromParts, Pipeline
from ops0_builder.bundle.document import read_bundle
from ops0_builder.bundle.values import FORMAT, Bundle
from ops0_builder.documents import BadDocument, check_pipeline, write_document

LOAD = FromCall(call=CallId("load"), rule="called with it")


def a_pipeline(*parts: Any, shape: Any) -> Pipeline:
    steps = [handmade.a_step("load"), handmade.a_step("total")]
    total = handmade.a_call("total", parts=FromParts(parts=parts, shape=shape))
    return handmade.a_pipeline(steps, [handmade.a_call("load"), total])


def test_a_list_of_earlier_results_passes() -> None:
    check_pipeline(a_pipeline(LOAD, LOAD, shape=["list", 0, ["dict", ["x"], 1]]))


@pytest.mark.parametrize(
    ("part", "shape"),
    [
        (LOAD, ["list", 1]),
        (LOAD, ["set", 0]),
        (LOAD, ["dict", [["x"]], 0]),
        (FromCall(call=CallId("later"), rule="called with it"), ["list", 0]),
        (FromCalls(call=CallId("load"), calls=(CallId("load"),)), ["list", 0]),
    ],
)
def test_anything_else_is_refused(part: Any, shape: Any) -> None:
    with pytest.raises(BadDocument):
        check_pipeline(a_pipeline(part, shape=shape))


def test_parts_hold_no_parts() -> None:
    """So no document is short and describes more than fits into memory."""
    inner = FromParts(parts=(LOAD,), shape=["list", 0])
    whole = a_pipeline(inner, shape=["list", 0])
    bundle = Bundle(ops0="1", pipeline=whole, images=(), lock=Lock(inputs="e" * 64, steps=()))
    with pytest.raises(BadDocument, match="it is not what"):
        read_bundle(write_document(bundle, FORMAT))
