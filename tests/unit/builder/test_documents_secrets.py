"""A document from elsewhere names secrets only by references that ops0 itself would have written."""

from __future__ import annotations

from typing import Any

import pytest

from ops0.core.pipeline import Call, CallId, Pipeline, Step, StepName, Where
from ops0.core.step_options import StepOptions
from ops0_builder.documents import BadDocument, check_pipeline


def a_pipeline(*secrets: tuple[Any, Any]) -> Pipeline:
    where = Where("pipeline.py", 1)
    step = Step(
        name=StepName("load"),
        module="pipeline",
        function="load",
        where=where,
        parameters=(),
        returns=None,
        output=None,
        options=StepOptions(secrets=secrets),
        needs=(),
        system=(),
        slices=(),
        data=(),
        roots=(".",),
    )
    call = Call(id=CallId("load"), step=StepName("load"), inputs=(), where=where)
    return Pipeline(
        name="flow",
        entry="pipeline.py",
        steps=(step,),
        calls=(call,),
        results=(CallId("load"),),
        explicit=True,
    )


def test_references_pass() -> None:
    check_pipeline(a_pipeline(("A", "env:B"), ("C", "vault:kv/app#f")))


@pytest.mark.parametrize("pair", [("LD_PRELOAD", "env:B"), ("A", "plain"), ("A=B", "env:B")])
def test_anything_else_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(BadDocument):
        check_pipeline(a_pipeline(pair))
