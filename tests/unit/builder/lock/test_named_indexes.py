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
    return named_indexes([{"sources": one, "index": [OWN]} for one in sources], configured, {})


def test_a_login_is_in_variables_and_in_no_text() -> None:
    found = told({"Torch_Vision": {"index": "own"}})
    assert found.logins == {"UV_INDEX_OPS0_0_USERNAME": "me", "UV_INDEX_OPS0_0_PASSWORD": "p@ss"}
    text = found.project(["torch-vision>=1", 'a; python_version > "3"'], ["torch-vision"])
    assert tomli.loads(text) == {
        "project": {
            "name": "ops0-asked",
            "version": "0",
            "dependencies": ["torch-vision>=1", 'a; python_version > "3"'],
        },
        "tool": {
            "uv": {
                "workspace": {"members": []},
                "sources": {"torch-vision": [{"index": "ops0-0"}]},
                "index": [{"name": "ops0-0", "url": "https://host/simple", "explicit": True}],
            }
        },
    }
    assert "p%40ss" not in repr(found)


def test_indexes_whose_names_differ_by_a_dot_share_no_login() -> None:
    indexes = [
        {"name": "a.b", "url": "https://me:p@one/x"},
        {"name": "a-b", "url": "https://two/x"},
    ]
    table = {"sources": {"q": {"index": "a.b"}, "r": {"index": "a-b"}}, "index": indexes}
    found = named_indexes([table], (), {})
    (key,) = (key for key, value in found.logins.items() if value == "me")
    (own,) = (one["name"] for one in found.indexes if one["url"] == "https://one/x")
    assert key == f"UV_INDEX_{own.upper().replace('-', '_')}_USERNAME"
    assert len({one["name"] for one in found.indexes}) == 2


def test_the_nearest_table_says_where_a_name_comes_from() -> None:
    near = {"a": {"index": "own", "marker": "x"}}
    far = {"a": {"index": "own"}, "b": {"index": "own"}}
    assert told(near, far).sources == {
        "a": ({"index": "ops0-0", "marker": "x"},),
        "b": ({"index": "ops0-0"},),
    }


def test_what_always_holds_ends_the_list_of_a_name() -> None:
    marked = {"index": "own", "marker": "x"}
    listed = [marked, marked, {"index": "own"}, {"index": "own", "marker": "y"}]
    assert told({"a": listed}).sources["a"] == (
        {"index": "ops0-0", "marker": "x"},
        {"index": "ops0-0"},
    )


def test_an_index_may_be_named_in_uvs_own_settings_the_nearest_first() -> None:
    far = {"index": [{"name": "own", "url": "https://far/simple"}]}
    asked = [{"sources": {"a": {"index": "own"}}}]
    found = named_indexes(asked, [{"index": [OWN]}, far], {})
    assert found.addresses == (OWN["url"],)
    found = named_indexes(asked, [], {"UV_INDEX": "other=https://x own=https://y/simple"})
    assert found.addresses == ("https://y/simple",)


def test_what_an_extra_or_a_group_chooses_is_no_steps() -> None:
    table = {
        "sources": {
            "a": {"index": "own", "extra": "gpu"},
            "b": [{"index": "own"}, {"index": "x", "group": "g"}],
        }
    }
    assert chosen_by_extra([table]) == ("a",)
    assert set(named_indexes([{**table, "index": [OWN]}], (), {}).sources) == {"b"}


@pytest.mark.parametrize("index", [[], "text", [{"name": "own"}], [{"url": "u"}], [3]])
def test_an_index_without_a_name_and_an_address_is_none(index: object) -> None:
    with pytest.raises(SettingsError, match="a is to come from the index 'own', which nothing"):
        named_indexes([{"sources": {"a": {"index": "own"}}, "index": index}], (), {})


def test_an_address_that_is_none_is_told() -> None:
    table = {"sources": {"a": {"index": "o"}}, "index": [{"name": "o", "url": "https://[x/"}]}
    with pytest.raises(SettingsError, match="the address of the index 'o' is none"):
        named_indexes([table], (), {})


@pytest.mark.parametrize(
    "sources", [3, {"a": 3}, {"a": [3]}, {"a": {"index": 3}}, {"a": {"path": "x"}}]
)
def test_what_says_no_index_ties_nothing(sources: object) -> None:
    assert named_indexes([{"sources": sources}], (), {}) == NamedIndexes()


def test_poetrys_groups_lists_platforms_and_login_count() -> None:
    document = tomli.loads(
        """
        [tool.poetry.dependencies]
        b = { version = "1", source = "my own", platform = "linux", python = ">=3.11" }
        c = { version = "1", source = ["my own"] }
        [tool.poetry.group.gpu.dependencies]
        a = [{ version = "1", source = "my own", markers = "m" }, { version = "2", source = "PyPI" }]
        [[tool.poetry.source]]
        name = "my own"
        url = "https://host/simple"
        """
    )
    env = {"POETRY_HTTP_BASIC_MY_OWN_USERNAME": "me", "POETRY_HTTP_BASIC_MY_OWN_PASSWORD": "p@ss"}
    said = poetry_tied(document, env)
    assert said["sources"]["a"] == [{"index": "my own", "marker": "(m)"}]
    (entry,) = said["sources"]["b"]
    assert entry["marker"] == '(sys_platform == "linux") and (python_version >= "3.11")'
    assert set(said["sources"]) == {"a", "b"}
    assert said["index"] == [
        {"name": "my own", "url": "https://me:p%40ss@host/simple", "explicit": True}
    ]


@pytest.mark.parametrize("tied", [poetry_tied, pipfile_tied])
@pytest.mark.parametrize("document", [{}, {"tool": 3, "packages": 3}, {"tool": {"poetry": 3}}])
def test_what_is_no_table_ties_nothing(tied: Any, document: dict[str, Any]) -> None:
    assert tied(document, {}) == {"sources": {}, "index": []}


def test_a_source_that_poetry_does_not_name_is_a_fault() -> None:
    document = {"tool": {"poetry": {"dependencies": {"a": {"source": "corp"}}}}}
    with pytest.raises(SettingsError, match="a is to come from the index 'corp'"):
        named_indexes([poetry_tied(document, {})], (), {})


def test_a_pipfiles_variables_markers_and_plain_addresses_count() -> None:
    document = {
        "source": [{"name": "own", "url": "https://$USER:${PASS}@host/simple"}, "text"],
        "packages": {
            "a": {"index": "own", "sys_platform": "== 'win32'"},
            "b": "*",
            "c": {"index": "https://other/simple"},
        },
    }
    said = pipfile_tied(document, {"USER": "me", "PASS": "p"})
    assert said["sources"] == {
        "a": [{"index": "own", "marker": "(sys_platform == 'win32')"}],
        "c": [{"index": "https://other/simple", "marker": ""}],
    }
    assert [one["url"] for one in said["index"]] == [
        "https://me:p@host/simple",
        "https://other/simple",
    ]
