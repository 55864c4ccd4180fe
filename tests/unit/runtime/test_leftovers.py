"""What of an engine's containers and volumes nobody owns any more, also while others are being removed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ops0.host.owner import OWNER_LABEL, this_process
from ops0.runtime.sweeping.leftovers import STALE_SECONDS, engine_leftovers

GONE = "hm/4f2c1e6e-1111-4222-8333-444455556666/4026531836/999999/1"
ME = this_process()
DEAD = str(replace(ME, started=ME.started + 1))
NOW = 1_767_323_045.0  # 2026-01-02T03:04:05Z


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


class Full:
    """An engine with containers and volumes. ``held``: what it does not remove; ``asked``: what was asked of it."""

    def __init__(self, containers: list[dict[str, Any]], volumes: list[dict[str, Any]]) -> None:
        self.containers, self.volumes = containers, volumes
        self.held, self.asked = set[str](), list[tuple[str, str]]()

    def call(self, method: str, path: str, *, query: Any = None, **_: Any) -> Answer:
        self.asked.append((method, path))
        if method == "DELETE":
            return Answer(409 if path.rpartition("/")[2] in self.held else 204, None)
        if path == "/volumes":
            return Answer(200, {"Volumes": self.volumes})
        if path == "/system/df":
            sizes = [{"Name": one["Name"], "UsageData": {"Size": 7}} for one in self.volumes]
            sizes[-1]["UsageData"]["Size"] = -1
            return Answer(200, {"Volumes": sizes})
        (wanted,) = json.loads(query["filters"])["label"]
        name, _, value = wanted.partition("=")
        fit = [one for one in self.containers if name in one["Labels"]]
        return Answer(200, [one for one in fit if not value or one["Labels"][name] == value])


def a_container(name: str, age: float = 0.0, **labels: str) -> dict[str, Any]:
    told = {"Id": name * 12, "Names": [f"/{name}"], "Created": NOW - age, "SizeRw": 5}
    return {**told, "Labels": {f"ops0.{key}": value for key, value in labels.items()}}


def a_volume(name: str, owner: str, state: str | None = None) -> dict[str, Any]:
    labels = {"ops0.owner": owner, "ops0.state": state or this_process().state}
    return {"Name": name, "Labels": labels, "CreatedAt": "2026-01-02T02:04:05Z"}


def test_nothing_goes_that_somebody_owns() -> None:
    """A volume of a run that goes on holds all that its steps have given."""
    mine = {"state": this_process().state}
    engine: Any = Full(
        [
            a_container("a", owner=DEAD, **mine),
            a_container("b", owner=str(ME), **mine),
            a_container("c", owner=DEAD, state="another folder"),
            a_container("d", kind="proof", age=STALE_SECONDS + 60),
            a_container("e", kind="proof", age=STALE_SECONDS - 60),
            a_container("f", kind="probe", age=STALE_SECONDS + 60, owner=str(ME), **mine),
            a_container("g", kind="step", age=STALE_SECONDS + 60),
        ],
        [
            a_volume("left", DEAD),
            a_volume("led", str(ME)),
            a_volume("others", DEAD, "another folder"),
            a_volume("nobody's", ""),
            {"Name": "unknown", "Labels": None},
            a_volume("of a driver that tells no size", DEAD),
        ],
    )
    found = list(engine_leftovers(engine, NOW))
    assert [(one.kind, one.name, one.size) for one in found] == [
        ("container", "a", 5),
        ("container", "d", 5),
        ("volume", "left", 7),
        ("volume", "of a driver that tells no size", None),
    ]
    others = engine_leftovers(engine, NOW, others=True)
    assert [one.name for one in others] == ["a", "c", "d", "left", "others", found[-1].name]


def test_what_the_engine_still_holds_is_not_said_to_be_gone() -> None:
    engine: Any = Full(
        [a_container("a", owner=DEAD, state=this_process().state)], [a_volume("left", DEAD)]
    )
    engine.held = {"left"}
    container, volume = engine_leftovers(engine, NOW)
    assert (container.remove(), volume.remove()) == (True, False)
    assert engine.asked[-2:] == [
        ("DELETE", f"/containers/{'a' * 12}"),
        ("DELETE", "/volumes/left"),
    ]


def test_sizes_of_volumes_are_asked_for_only_where_one_goes() -> None:
    """The engine walks through all of them for that, whoever's they are."""
    engine: Any = Full([], [a_volume("led", str(ME))])
    assert list(engine_leftovers(engine, NOW)) == []
    assert ("GET", "/system/df") not in engine.asked
