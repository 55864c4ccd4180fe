"""What base classes call of what is derived from them: the table."""

from __future__ import annotations

from pathlib import Path

import tomli

from ops0.core.analyzer.syntax import bases


def test_each_entry_names_classes_with_a_dot_and_a_page() -> None:
    data = tomli.loads(Path(bases.__file__).with_name("bases.toml").read_text("utf-8"))
    for entry in data["base"]:
        assert set(entry) - {"askers"} == {"classes", "page", "calls"}
        assert entry["page"].startswith("https://")
        assert all("." in name for name in entry["classes"].split()), entry
    names = [name for entry in data["base"] for name in entry["classes"].split()]
    assert len(names) == len(set(names))


def test_a_name_with_a_star_stands_for_all_that_begin_so() -> None:
    calls = bases.called_by("pydantic.BaseModel")
    assert calls is not None
    assert calls.fullmatch("model_dump")
    assert not calls.fullmatch("a_model_dump")
    assert bases.called_by("pydantic.RootModel") is None
