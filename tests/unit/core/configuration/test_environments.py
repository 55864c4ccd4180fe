"""Environments of the settings: read as they are, refused with the place."""

from __future__ import annotations

import pytest

from ops0.core.configuration.environments import Environment
from ops0.core.configuration.settings import parse_settings
from ops0.core.toml_text import BadSetting

TEXT = b"""\
[environments.test]

[environments.prod]
registry = "registry.example:5000/team"
engine = "unix:///run/other.sock"
params = { path = "big.csv", rate = 0.5, deep = { on = [true, 1] } }
"""


def test_they_are_read() -> None:
    settings = parse_settings(TEXT, "ops0.toml")
    assert settings is not None
    assert settings.environments == {
        "test": Environment(name="test"),
        "prod": Environment(
            name="prod",
            registry="registry.example:5000/team",
            engine="unix:///run/other.sock",
            params={"path": "big.csv", "rate": 0.5, "deep": {"on": [True, 1]}},
        ),
    }


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("environments = 3", 1, "[environments.test]"),
        ("environments.test = 3", 1, "[environments.test]"),
        ("[environments.Prod]", 1, "small letters"),
        ("[environments.test]\nregistri = 'a.b/c'", 2, "did you mean 'registry'?"),
        ("[environments.test]\nzork = 'a.b/c'", 2, "registry, engine, params"),
        ("[environments.test]\n\nregistry = 'a b'", 3, "registry.example"),
        ("[environments.test]\nregistry = 3", 2, "registry.example"),
        ("[environments.test]\nengine = 'ssh://host'", 2, "unix:///"),
        ("[environments.test]\nparams = 3", 2, None),
        ("[environments.test]\nparams = {day = 2020-01-01}", 2, "a number"),
        ("[environments.test]\nparams = {x = [nan]}", 2, "a number"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, hint: str | None) -> None:
    with pytest.raises(BadSetting) as fault:
        parse_settings(text.encode(), "ops0.toml")
    assert (fault.value.where.line, fault.value.key) == (line, "environments")
    assert hint is None or hint in str(fault.value.hint)
