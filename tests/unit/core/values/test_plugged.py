"""Serializers that installed distributions bring."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ops0.core.values import plugged
from ops0.core.values.faults import InputFault, ValueFault
from ops0.core.values.local import Locals
from ops0.core.values.store import load_value, save_value

MODULE = """
class Sheet:
    def __init__(self, text):
        self.text = text


class Inner(Sheet):
    pass


class SheetSerializer:
    def serialize(self, sheet):
        return sheet.text.encode()

    def deserialize(self, data):
        return Sheet(data.decode())


class Half:
    def serialize(self, sheet):
        return b""
"""
POINTS = """
[ops0.serializers]
acme_sheets.Sheet = acme_sheets:{serializer}
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(serializer: str = "SheetSerializer") -> Any:
        site = tmp_path / "site"
        (site / "acme_sheets-1.0.dist-info").mkdir(parents=True)
        (site / "acme_sheets.py").write_text(MODULE)
        (site / "acme_sheets-1.0.dist-info" / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: acme-sheets\nVersion: 1.0\n"
        )
        (site / "acme_sheets-1.0.dist-info" / "entry_points.txt").write_text(
            POINTS.format(serializer=serializer)
        )
        monkeypatch.syspath_prepend(str(site))
        for name, empty in (("_found", {}), ("_ready", {}), ("_looked", False)):
            monkeypatch.setattr(plugged, name, empty)
        monkeypatch.delitem(sys.modules, "acme_sheets", raising=False)
        import acme_sheets  # type: ignore[import-not-found]

        return acme_sheets

    yield install
    sys.modules.pop("acme_sheets", None)


def test_a_type_and_those_derived_from_it_are_stored_by_it(installed: Any, tmp_path: Path) -> None:
    module = installed()
    for sheet in (module.Sheet("a"), module.Inner("a")):
        saved = save_value(sheet, str(tmp_path / "v"))
        assert (saved["format"], saved["serializer"]) == ("custom", "acme_sheets.Sheet")
        assert (tmp_path / "v" / "value.custom").read_bytes() == b"a"
        assert load_value(saved, str(tmp_path / "v")).text == "a"


def test_the_users_own_classes_are_not_looked_for(installed: Any, tmp_path: Path) -> None:
    module = installed()
    local = Locals([str(tmp_path / "site")])
    assert save_value(module.Sheet("a"), str(tmp_path / "v"), local)["format"] == "pickle"


def test_a_serializer_that_is_none_is_told(installed: Any, tmp_path: Path) -> None:
    module = installed("Half")
    with pytest.raises(ValueFault, match=r"acme_sheets:Half has no deserialize"):
        save_value(module.Sheet("a"), str(tmp_path))


def test_a_serializer_that_is_not_there_is_told(installed: Any, tmp_path: Path) -> None:
    module = installed("Gone")
    with pytest.raises(ValueFault, match="Gone"):
        save_value(module.Sheet("a"), str(tmp_path))


def test_a_consumer_without_it_is_told_what_to_do(
    installed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save_value(installed().Sheet("a"), str(tmp_path / "v"))
    monkeypatch.setattr(plugged, "_found", {})
    with pytest.raises(InputFault, match="no serializer is registered for acme_sheets") as caught:
        load_value(saved, str(tmp_path / "v"))
    assert "@ops0.requires" in (caught.value.hint or "")
