"""Which names come from which index, out of the tables of three tools."""

from __future__ import annotations

from typing import Any

import pytest
import tomli

from ops0.core.errors import SettingsError
from ops0_builder.lock.named_indexes import NamedIndexes, chosen_by_extra, named_indexes
from ops0_builder.lock.tied_names import pipfile_tied, poetry_tied

OWN = {"name": "own", "url": "https://me:p%40ss@host/simple", "explicit": True}


def told(*sources: dict[str, Any], configured: tuple[dict[str, Any], ...] = ()) -> NamedIndexes:
    return named_indexes([{"sources": one, "index": [OWN]} for one in sources], configured)


def test_a_login_is_in_variables_and_in_no_text() -> None:
    found = told({"Torch_Vision": {"index": "own"}})
    assert found.logins == {"UV_INDEX_OWN_USERNAME": "me", "UV_INDEX_OWN_PASSWORD": "p@ss"}
    text = found.project(["torch-vision>=1", 'a; python_version > "3"'], ["torch-vision"])
    assert tomli.loads(text) == {
        "project": {
            "name": "ops0-asked",
            "version": "0",
            "dependencies": ["torch-vision>=1", 'a; python_version > "3"'],
        },
        "tool": {
            "uv": {
                "sources": {"torch-vision": [{"index": "own"}]},
                "index": [{"name": "own", "url": "https://host/simple", "explicit": True}],
            }
        },
    }
    assert "p%40ss" not in repr(found)


def test_the_nearest_table_says_where_a_name_comes_from() -> None:
    near, far = (
        {"a": {"index": "own", "marker": "x"}},
        {"a": {"index": "own"}, "b": {"index": "own"}},
    )
    assert told(near, far).sources == {
        "a": ({"index": "own", "marker": "x"},),
        "b": ({"index": "own"},),
    }


def test_an_index_may_be_named_in_uvs_own_settings() -> None:
    found = named_indexes([{"sources": {"a": {"index": "own"}}}], [{"index": [OWN]}])
    assert [entry["name"] for entry in found.indexes] == ["own"]


def test_what_an_extra_or_a_group_chooses_is_no_steps() -> None:
    table = {
        "sources": {
            "a": {"index": "own", "extra": "gpu"},
            "b": [{"index": "own"}, {"index": "x", "group": "g"}],
        }
    }
    assert chosen_by_extra([table]) == ("a",)
    assert set(named_indexes([{**table, "index": [OWN]}], ()).sources) == {"b"}


@pytest.mark.parametrize("index", [[], "text", [{"name": "own"}], [{"url": "u"}], [3]])
def test_an_index_without_a_name_and_an_address_is_none(index: object) -> None:
    with pytest.raises(SettingsError, match="'own', which nothing names"):
        named_indexes([{"sources": {"a": {"index": "own"}}, "index": index}], ())


@pytest.mark.parametrize(
    "sources", [3, {"a": 3}, {"a": [3]}, {"a": {"index": 3}}, {"a": {"path": "x"}}]
)
def test_what_says_no_index_ties_nothing(sources: object) -> None:
    assert named_indexes([{"sources": sources}], ()) == NamedIndexes()


def test_poetrys_groups_and_lists_count_and_its_login() -> None:
    document = tomli.loads(
        """
        [tool.poetry.group.gpu.dependencies]
        a = [{ version = "1", source = "my own", markers = "m" }, { version = "2", source = "pypi" }]
        [[tool.poetry.source]]
        name = "my own"
        url = "https://host/simple"
        """
    )
    env = {"POETRY_HTTP_BASIC_MY_OWN_USERNAME": "me", "POETRY_HTTP_BASIC_MY_OWN_PASSWORD": "p@ss"}
    assert poetry_tied(document, env) == {
        "sources": {"a": [{"index": "my-own", "marker": "m"}]},
        "index": [{"name": "my-own", "url": "https://me:p%40ss@host/simple", "explicit": True}],
    }


def test_a_pipfiles_variables_are_filled_in() -> None:
    document = {
        "source": [{"name": "own", "url": "https://$USER:${PASS}@host/simple"}, "text"],
        "packages": {"a": {"index": "own"}, "b": "*", "c": {"index": "other"}},
    }
    assert pipfile_tied(document, {"USER": "me", "PASS": "p"}) == {
        "sources": {"a": [{"index": "own"}]},
        "index": [{"name": "own", "url": "https://me:p@host/simple", "explicit": True}],
    }
    assert pipfile_tied({}, {}) == {"sources": {}, "index": []}
