"""A push that may not take archives out of the engine."""

from __future__ import annotations

import pytest

from ops0_builder.registry import by_archive


def no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the engine was to send it")

    monkeypatch.setattr(by_archive, "Export", refuse)
