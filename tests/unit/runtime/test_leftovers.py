"""What the engine tells of containers while others are being removed."""

from __future__ import annotations

from typing import Any

from ops0.host.owner import OWNER_LABEL
from ops0.runtime.sweeping.leftovers import engine_leftovers

GONE = "hm/4f2c1e6e-1111-4222-8333-444455556666/4026531836/999999/1"


class Answer:
    def __init__(self, status: int, told: Any) -> None:
        self.status, self._told = status, told

    def json(self) -> Any:
        return self._told


class Busy:
    """An engine that cannot tell sizes: somebody removes a container just now."""

    def call(
        self, method: str, path: str, *, query: Any = None, accept: Any = (), **_: Any
    ) -> Answer:
        if path != "/containers/json":
            return Answer(200, {"Volumes": None})
        if "size" in query:
            assert 404 in accept
            return Answer(404, {"message": "rw layer snapshot not found for container 34e1"})
        mine = OWNER_LABEL in query["filters"]
        told = {"Id": "a" * 64, "Names": ["/left"], "Labels": {OWNER_LABEL: GONE}, "Created": 0}
        return Answer(200, [told] if mine else [])


def test_a_container_whose_size_nobody_can_tell_is_left_all_the_same(monkeypatch: Any) -> None:
    monkeypatch.setattr("ops0.runtime.sweeping.leftovers.is_left", lambda *_, **__: True)
    engine: Any = Busy()
    (one,) = engine_leftovers(engine, 0.0)
    assert (one.kind, one.name, one.size) == ("container", "left", None)
