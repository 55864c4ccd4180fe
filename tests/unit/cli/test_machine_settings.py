"""What the machine says of running steps comes before what a project says."""

from __future__ import annotations

import pytest

from ops0.cli.machine_settings import BadVariable, MachineSettings, machine_settings
from ops0.core.configuration.settings import Settings

PROJECT = Settings(runtime="runsc", log_limit=1000)


def test_the_environment_comes_first() -> None:
    assert machine_settings(PROJECT, {}) == MachineSettings(runtime="runsc", log_limit=1000)
    environ = {"OPS0_RUNTIME": "kata", "OPS0_LOG_LIMIT": "2MiB"}
    assert machine_settings(PROJECT, environ) == MachineSettings(runtime="kata", log_limit=2**21)
    assert machine_settings(Settings(), {"OPS0_RUNTIME": ""}) == MachineSettings()


@pytest.mark.parametrize(
    ("name", "value"), [("OPS0_RUNTIME", "a b"), ("OPS0_RUNTIME", "../x"), ("OPS0_LOG_LIMIT", "4g")]
)
def test_what_cannot_be_meant_is_told_with_the_variables_name(name: str, value: str) -> None:
    with pytest.raises(BadVariable) as caught:
        machine_settings(Settings(), {name: value})
    assert str(caught.value).startswith(f"{name}: ")
    assert caught.value.hint
