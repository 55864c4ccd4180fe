"""What an engine is asked about images: in full once, then whether a tag still has the digest that was kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_socket import Answer
from ops0_builder.engine.engine_images import (
    EngineImage,
    Store,
    image_store,
    list_images,
    read_images,
)

TAG = "ops0/flow/load:0123456789abcdef"
HELD = EngineImage(digest="sha256:new", labels={"ops0.key": "new"}, size=2)
IN_FULL, SHORT = f"/images/{TAG}/json", f"/images/{TAG}/history"


@dataclass
class Engine:
    """Holds HELD under TAG; ``history`` is what it answers to the short question."""

    history: Answer
    asked: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, *, accept: tuple[int, ...] = ()) -> Answer:
        self.asked.append(path)
        if path == SHORT:
            assert self.history.status in (200, *accept)
            return self.history
        told = {"Id": HELD.digest, "Config": {"Labels": dict(HELD.labels)}, "Size": HELD.size}
        return Answer(status=200, body=json.dumps(told).encode())


def look_up(engine: Any, kept: EngineImage | None) -> EngineImage | None:
    images = read_images(engine)
    images.expect([TAG], {} if kept is None else {TAG: kept})
    return images.get(TAG)


def said(value: object) -> Answer:
    return Answer(status=200, body=json.dumps(value).encode())


def test_what_is_kept_counts_while_its_tag_has_its_digest() -> None:
    engine = Engine(said([{"Id": "sha256:new"}, {"Id": "<missing>"}]))
    kept = EngineImage(digest="sha256:new", labels={"ops0.key": "new"}, size=2)
    assert look_up(engine, kept) is kept
    assert engine.asked == [SHORT]


@pytest.mark.parametrize(
    "history",
    [
        said([{"Id": "sha256:new"}]),  # the tag has moved
        said([{"Id": "<missing>"}]),
        said([{}]),
        said([]),
        said(None),
        said({"Id": "sha256:old"}),
        Answer(status=404, body=b'{"message": "no such image for this platform"}'),
        Answer(status=500, body=b'{"message": "not for this platform"}'),
    ],
)
def test_whatever_does_not_confirm_it_is_asked_in_full(history: Answer) -> None:
    engine = Engine(history)
    old = EngineImage(digest="sha256:old", labels={"ops0.key": "old"}, size=1)
    assert look_up(engine, old) == HELD
    assert engine.asked == [SHORT, IN_FULL]


def test_what_was_never_seen_is_asked_in_full_at_once() -> None:
    engine = Engine(said([{"Id": "sha256:new"}]))
    assert look_up(engine, None) == HELD
    assert engine.asked == [IN_FULL]


@pytest.mark.parametrize(
    ("told", "store"),
    [
        (
            {"ID": "a", "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]},
            Store(id="a", containerd=True),
        ),
        (
            {"ID": "b", "DriverStatus": [["Backing Filesystem", "extfs"]]},
            Store(id="b", containerd=False),
        ),
        ({"DriverStatus": None}, Store(id="", containerd=False)),
        (None, Store(id="", containerd=False)),
    ],
)
def test_where_an_engine_keeps_images(told: object, store: Store) -> None:
    class Info:
        def call(self, method: str, path: str) -> Answer:
            assert (method, path) == ("GET", "/info")
            return said(told)

    engine: Any = Info()
    assert image_store(engine) == store


@dataclass
class Busy:
    """An engine in which images go while it lists them: so many lists are 404."""

    lost: int

    def call(self, method: str, path: str, *, accept: tuple[int, ...], **_: Any) -> Answer:
        self.lost -= 1
        if self.lost < 0:
            return said([{"Id": "sha256:a"}])
        if 404 not in accept:
            raise EngineRefused(f"{method} {path}", 404, "content digest sha256:b: not found")
        return Answer(status=404, body=b"{}")


def test_an_image_that_goes_while_all_are_listed_is_no_error() -> None:
    engine: Any = Busy(lost=3)
    assert list_images(engine) == [{"Id": "sha256:a"}]
    with pytest.raises(EngineRefused, match="not found"):
        list_images(Busy(lost=100))  # type: ignore[arg-type]
