"""Specifications of build caches, and what is refused before anything is built."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops0.host.engine_socket import EngineSocket
from ops0_builder.caches import (
    BadCache,
    Caches,
    CacheUnusable,
    check_caches,
    empty_caches,
    parse_caches,
)
from ops0_builder.engine.names import image_component
from ops0_builder.registry.errors import BadReference

HERE = Path("/project")
CONTAINERD = [["driver-type", "io.containerd.snapshotter.v1"]]


def options(*, read: str = "", write: str = "") -> tuple[str, ...]:
    caches = parse_caches([read] if read else [], [write] if write else [], HERE)
    return caches.options("Flow", "train")


@pytest.mark.parametrize(
    ("spec", "own"),
    [
        ("type=registry,ref=h:1/a/b,mode=max", "type=registry,ref=h:1/a/b:train,mode=max"),
        ("type=registry,ref=h:1/a/b:main", "type=registry,ref=h:1/a/b:main-train"),
        ("h:1/a/b:main", "type=registry,ref=h:1/a/b:main-train"),
        ("type=local,dest=x", "type=local,dest=/project/x/train"),
        ('type=local,"dest=/a,b"', 'type=local,"dest=/a,b/train"'),
        ("type=gha", f"type=gha,scope=ops0-{image_component('Flow')}-train"),
        ("type=gha,scope=mine,mode=max", "type=gha,scope=mine-train,mode=max"),
    ],
)
def test_each_step_has_a_place_of_its_own(spec: str, own: str) -> None:
    (written,) = options(write=spec)
    kind, _, told = written.partition("=")
    assert kind == "cache-to"
    assert told == own


def test_several_platforms_do_not_share_a_place() -> None:
    caches = parse_caches(["h:1/a/b:main"], ["type=local,dest=c"], HERE).of_platform("linux/arm64")
    assert caches.options("Flow", "train") == (
        "cache-from=type=registry,ref=h:1/a/b:main-train-linux-arm64",
        "cache-to=type=local,dest=/project/c/train-linux-arm64",
    )


def test_what_is_read_comes_before_what_is_written() -> None:
    assert options(read="type=local,src=/a", write="type=local,dest=/b") == (
        "cache-from=type=local,src=/a/train",
        "cache-to=type=local,dest=/b/train",
    )


@pytest.mark.parametrize(
    ("spec", "fact"),
    [
        ("", "registry, gha, local"),
        ("type=s3,bucket=b", "registry, gha, local"),
        ("type=registry", "no ref="),
        ("type=local,src=a", "no dest="),
        ("type=local,dest=a,dest=b", "each name once"),
        ("type=local,dest", "each name once"),
        ("type=registry,ref=h:1/a@sha256:" + "0" * 64, "a digest names one cache"),
    ],
)
def test_a_spec_that_names_no_cache(spec: str, fact: str) -> None:
    with pytest.raises(BadCache, match=fact):
        parse_caches([], [spec], HERE)


def test_a_cache_without_its_registry() -> None:
    with pytest.raises(BadReference):
        parse_caches(["cache:main"], [], HERE)


@given(spec=st.text(), folder=st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_any_text_is_a_cache_or_an_error(spec: str, folder: str) -> None:
    with contextlib.suppress(BadCache, BadReference):
        parse_caches([spec], [spec], HERE)
    field = '"{}"'.format(f"dest={folder}".replace('"', '""'))
    try:
        caches = parse_caches([], [f"type=local,{field}"], HERE)
    except BadCache:
        return
    told = caches.options("flow", "train")[0].removeprefix("cache-to=")
    (fields,) = csv.reader([told], strict=True)
    assert fields == ["type=local", f"dest={HERE / folder / 'train'}"]


class Engine:
    """Answers what the engine says of its image store."""

    def __init__(self, status: object) -> None:
        self.status = status
        self.address = EngineSocket.from_environment({"DOCKER_HOST": "unix:///e"}).address

    def call(self, *_: object) -> Engine:
        return self

    def json(self) -> Any:
        return {"DriverStatus": self.status}


@pytest.mark.parametrize("status", [None, [], [["Backing Filesystem", "extfs"]]])
def test_the_older_image_store_writes_no_cache(status: object) -> None:
    write = parse_caches([], ["type=local,dest=x"], HERE)
    with pytest.raises(CacheUnusable, match=r"unix:///e writes no cache"):
        check_caches(write, {}, Engine(status))  # type: ignore[arg-type]
    check_caches(write, {}, Engine(CONTAINERD))  # type: ignore[arg-type]
    read = parse_caches(["type=local,src=x"], [], HERE)
    check_caches(read, {}, Engine(status))  # type: ignore[arg-type]


def test_github_says_where_its_cache_is() -> None:
    told = {"ACTIONS_RUNTIME_TOKEN": "t", "ACTIONS_RESULTS_URL": "u"}
    engine: Any = Engine(CONTAINERD)
    check_caches(parse_caches(["type=gha"], ["type=gha"], HERE), told, engine)
    check_caches(parse_caches(["type=gha,token=t,url_v2=u"], [], HERE), {}, engine)
    for name in told:  # without one, BuildKit would build and say nothing
        with pytest.raises(CacheUnusable, match="ACTIONS_RUNTIME_TOKEN"):
            check_caches(parse_caches(["type=gha"], [], HERE), {name: "x"}, engine)


def test_folders_that_hold_nothing_yet(tmp_path: Path) -> None:
    caches = parse_caches(["type=local,src=a", "type=gha"], ["type=local,dest=b"], tmp_path)
    (tmp_path / "a" / "one").mkdir(parents=True)
    (tmp_path / "a" / "one" / "index.json").write_text("{}")
    assert empty_caches(caches, ["one", "two"]) == (tmp_path / "a" / "two",)
    assert empty_caches(Caches(), ["one"]) == ()


def test_buildx_is_told_which_of_githubs_services_an_address_is_of() -> None:
    caches = parse_caches(["type=gha"], [], HERE)
    told = {"ACTIONS_RUNTIME_TOKEN": "t", "ACTIONS_RESULTS_URL": "https://results.example/"}
    second = {"ACTIONS_CACHE_SERVICE_V2": "true"}
    assert caches.environment(told) == second
    assert caches.environment({**told, "ACTIONS_CACHE_SERVICE_V2": "False"}) == {}
    assert caches.environment({**told, "ACTIONS_CACHE_URL": "https://cache.example/"}) == {}
    assert parse_caches(["type=local,src=a"], [], HERE).environment(told) == {}


def test_a_folder_is_written_by_a_build_that_writes_nothing_else() -> None:
    """buildx may name another cache's manifest in a folder's index: then there is no cache in it."""
    read = "type=registry,ref=registry.example/team/cache:r"
    other = "type=registry,ref=registry.example/team/cache:w"
    folders = ("type=local,dest=one", "type=local,dest=two")

    def kinds(*write: str) -> list[tuple[int, list[str]]]:
        rounds = parse_caches((read,), write, Path("/p")).rounds()
        return [(len(one.read), [cache.kind for cache in one.write]) for one in rounds]

    assert kinds() == [(1, [])]
    assert kinds(other, "type=gha") == [(1, ["registry", "gha"])]
    assert kinds(folders[0]) == [(1, ["local"])]
    assert kinds(folders[0], other, folders[1]) == [
        (1, ["registry"]),
        (0, ["local"]),
        (0, ["local"]),
    ]
    assert kinds(*folders) == [(1, ["local"]), (0, ["local"])]
