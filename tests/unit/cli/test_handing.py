"""A pipeline from elsewhere is handed no secret of this machine unasked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ops0.cli.handing import SecretNotGranted, check_no_secrets
from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import Pipeline


def a_pipeline(*secrets: tuple[str, str]) -> Pipeline:
    step: Any = SimpleNamespace(name="load", options=SimpleNamespace(secrets=secrets))
    return cast("Pipeline", SimpleNamespace(steps=(step,)))


def test_each_secret_is_told() -> None:
    with pytest.raises(ErrorGroup) as caught:
        check_no_secrets("f.ops0", a_pipeline(("A", "env:B"), ("C", "file:d")), "say so")
    told = [one for one in caught.value.errors if isinstance(one, SecretNotGranted)]
    assert [(one.variable, one.reference, one.hint) for one in told] == [
        ("A", "env:B", "say so"),
        ("C", "file:d", "say so"),
    ]


def test_none_asked_is_none_refused() -> None:
    check_no_secrets("f.ops0", a_pipeline(), "say so")
