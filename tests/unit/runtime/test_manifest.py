"""The manifest as the host reads it: what containers write, so anything."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.core.api.promises import MOST_MODELS
from ops0.runtime.outputs import manifest as manifests
from ops0.runtime.outputs.manifest import BadManifest, is_inside, parse_manifest, told_manifest

GOOD: dict[str, Any] = {
    "v": 1,
    "run": "r",
    "call": "c",
    "attempt": 1,
    "nonce": "n",
    "python": "3.11.2",
    "value": {
        "format": "tuple",
        "type": "builtins.tuple",
        "size": 5,
        "files": [],
        "preview": "(1, ...)",
        "items": [
            {
                "format": "json",
                "type": "builtins.int",
                "size": 5,
                "files": [{"name": "0/value.json", "size": 5, "sha256": "ab" * 32}],
                "preview": "1",
                "items": None,
            }
        ],
    },
}
FILE = {"name": "m", "size": 1, "sha256": "ab" * 32}
WHOLE = {**GOOD["value"]["items"][0], "files": [FILE], "folders": ["empty"]}
TWICE = {**WHOLE, "files": [FILE, FILE]}
MODEL = {"name": "churn", "alias": None, "value": WHOLE}


def changed(path: str, value: Any) -> bytes:
    raw = copy.deepcopy(GOOD)
    at: Any = raw
    *way, last = path.split(".")
    for name in way:
        at = at[int(name)] if name.isdigit() else at[name]
    at[int(last) if last.isdigit() else last] = value
    return json.dumps(raw).encode()


def test_a_good_one_is_read_whole() -> None:
    manifest = parse_manifest(json.dumps(GOOD).encode())
    assert (manifest.run, manifest.call, manifest.attempt, manifest.nonce) == ("r", "c", 1, "n")
    assert [file.name for file in manifest.value.all_files()] == ["0/value.json"]
    assert manifest.value.items is not None
    assert manifest.value.items[0].type == "builtins.int"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("v", 2, "v: 2"),
        ("attempt", True, "attempt"),
        ("attempt", "1", "attempt"),
        ("run", None, "run"),
        ("value", [], "value"),
        ("value.size", -1, "value.size"),
        ("value.files", {}, "value.files"),
        ("value.items.0.files.0.name", "../x", "value.items[0].files[0].name"),
        ("value.items.0.files.0.name", "/etc/passwd", "value.items[0].files[0].name"),
        ("value.items.0.files.0.sha256", "AB" * 32, "value.items[0].files[0].sha256"),
        ("value.items.0.files.0.size", 1.5, "value.items[0].files[0].size"),
        ("value.items.0.folders", ["../x"], "value.items[0].folders[0]"),
        ("value.items.0.folders", [1], "value.items[0].folders[0]"),
        ("value.items.0.folders", ["0/value.json/x"], "value: '0/value.json' is both"),
        ("value.items.0.folders", ["0/value.json"], "value: '0/value.json' is both"),
        ("value.size", True, "value.size"),
        ("artifacts", [FILE, FILE], "artifacts: two files have one name"),
        ("artifacts", [FILE, {**FILE, "name": "m/x"}], "artifacts: 'm' is both"),
        ("artifacts", [{**FILE, "name": "a/../../m"}], "artifacts[0].name"),
        ("models", {}, "models: not a list"),
        ("models", [MODEL, 7], "models[1]: not an object"),
        ("models", [{**MODEL, "name": "../m"}], "models[0]: no name of a model"),
        ("models", [{**MODEL, "alias": 7}], "models[0]: no name of a model"),
        ("models", [{**MODEL, "alias": "a b"}], "models[0]: no name of a model"),
        ("models", [{**MODEL, "value": None}], "models[0].value: not an object"),
        ("models", [MODEL, {**MODEL, "value": TWICE}], "models[1]: two files have one name"),
        ("models", [MODEL] * (MOST_MODELS + 1), f"models: {MOST_MODELS + 1}, at most"),
    ],
)
def test_a_bad_one_is_refused_with_its_place(path: str, value: Any, place: str) -> None:
    with pytest.raises(BadManifest) as caught:
        parse_manifest(changed(path, value))
    assert str(caught.value).startswith(place)


def test_models_and_artifacts_are_read_each_model_in_a_folder_of_its_own() -> None:
    raw = {**GOOD, "artifacts": [FILE], "models": [MODEL, {**MODEL, "alias": "best"}]}
    manifest = parse_manifest(json.dumps(raw).encode())
    assert [one.name for one in manifest.artifacts] == ["m"]
    assert [(one.name, one.alias, one.raw) for one in manifest.models] == [
        ("churn", None, WHOLE),
        ("churn", "best", WHOLE),
    ]
    assert [file.name for file in manifest.model_files()] == ["0/m", "1/m"]
    assert manifest.model_folders() == ("0/empty", "1/empty")


def test_folders_of_items_are_among_all_and_only_those_without_files_are_bare() -> None:
    raw = changed("value.items.0.folders", ["0", "1/2"])
    value = parse_manifest(raw).value
    assert value.all_folders() == ("0", "1/2")
    assert value.items is not None
    assert value.items[0].bare_folders() == ("1/2",)


def test_more_than_a_host_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "_MAX_FILES", 1)
    two = [FILE, {**FILE, "name": "n"}]
    with pytest.raises(BadManifest, match="artifacts: 2 files, at most 1 are taken"):
        parse_manifest(changed("artifacts", two))
    with pytest.raises(BadManifest, match="value: 2 folders, at most 1 are taken"):
        parse_manifest(changed("value.folders", ["a", "b"]))
    monkeypatch.setattr(manifests, "LARGEST_MANIFEST", 10)
    with pytest.raises(BadManifest, match="bytes are more than a manifest may have"):
        parse_manifest(changed("v", 1))


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(BadManifest, match="two files"):
        parse_manifest(changed("value.files", GOOD["value"]["items"][0]["files"]))


def test_a_file_that_is_also_a_folder_is_refused() -> None:
    sha = "ab" * 32
    files = [{"name": name, "size": 1, "sha256": sha} for name in ("a/b", "a")]
    with pytest.raises(BadManifest, match="'a' is both"):
        parse_manifest(changed("value.files", files))


def test_deep_nesting_is_refused() -> None:
    value: Any = GOOD["value"]["items"][0]
    for _ in range(40):
        value = {**value, "files": [], "items": [value]}
    with pytest.raises(BadManifest, match="nested"):
        parse_manifest(json.dumps({**GOOD, "value": value}).encode())
    with pytest.raises(BadManifest, match="not JSON"):
        parse_manifest(b"[" * 100_000)


def test_what_a_terminal_would_obey_is_taken_out() -> None:
    value = parse_manifest(changed("value.preview", "a\x1b[31mb\x1b]0;title\x07c\ud800")).value
    assert value.preview == "abc?"


@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
        lambda v: json.dumps(v).encode()
    )
)
def test_nothing_but_bad_manifest_comes_of_random_bytes(data: bytes) -> None:
    with pytest.raises(BadManifest):
        parse_manifest(data)


@pytest.mark.parametrize("name", ["a", "a/b.txt", "..a", "a..b", "ü/文"])
def test_names_that_stay_inside(name: str) -> None:
    assert is_inside(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "/", "/a", ".", "a/./b", "..", "a/../b", "a//b", "a/", "./a"),
        *("a\nb", "a\0", "\x1b[0m", "x" * 300, "é" * 130, "/".join(["x" * 200] * 6)),
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert not is_inside(name)


def test_a_told_manifest_is_its_very_bytes() -> None:
    data = json.dumps({"v": 1, "é": ["\ud800", 1e300, -0.0, 2**70]}, separators=(",", ":")).encode()
    digest = hashlib.sha256(data).hexdigest()
    assert told_manifest({"manifest": json.loads(data), "digest": digest}) == data


@pytest.mark.parametrize(
    "said", [{}, {"manifest": {"v": 1}}, {"manifest": {"v": 1}, "digest": "ab" * 32}]
)
def test_a_manifest_that_is_not_told_or_not_the_one_meant_is_none(said: Any) -> None:
    assert told_manifest(said) is None


def test_no_size_is_larger_than_a_file_can_be() -> None:
    with pytest.raises(BadManifest, match="larger than any file"):
        parse_manifest(changed("value.size", 2**63))


def test_texts_of_a_step_are_cut_and_tell_a_terminal_nothing() -> None:
    assert len(parse_manifest(changed("python", "\x1b[2J" + "3" * 9999)).python) < 101
    with pytest.raises(BadManifest) as caught:
        parse_manifest(changed("v", "x" * 100_000))
    assert len(str(caught.value)) < 1100
