"""What killed runs, and the proofs of killed builds, left behind: containers, volumes, processes with their values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ops0.host.engine_errors import EngineRefused
from ops0.host.engine_socket import EngineSocket, quoted
from ops0.host.engine_times import seconds_of
from ops0.host.leftovers import Leftover, folder_size, remove_folder
from ops0.host.owner import OWNER_LABEL, is_left, this_process
from ops0.runtime.engines.left_processes import orphan_runs
from ops0.runtime.resuming.leases import aged_values

_KIND_LABEL = "ops0.kind"
STALE_SECONDS = 24 * 3600.0
"""No proof takes longer: one of that age without an owner was made by an ops0 that did not name it yet."""


def process_leftovers(now: float) -> Iterator[Leftover]:
    """The processes and values of killed runs of this machine, and values put aside for long by those that failed.

    Runs themselves are kept: their logs and results.
    """
    for orphan in orphan_runs():
        yield Leftover(
            kind="work",
            name=str(orphan.work),
            size=folder_size(orphan.work),
            remove=orphan.remove,
        )
    for folder in aged_values(now):
        yield Leftover(
            kind="work",
            name=str(folder),
            size=folder_size(folder),
            remove=partial(remove_folder, folder),
        )


def engine_leftovers(
    engine: EngineSocket, now: float, *, others: bool = False
) -> Iterator[Leftover]:
    """The containers, then the volumes, whose owner is certainly gone.

    now:    seconds since 1970;  others: also what other state folders left less than a day ago
    raises: EngineError
    """
    asker = this_process()
    for one in _containers(engine, OWNER_LABEL):
        if is_left(one["Labels"], one["Created"], asker, now, others=others):
            yield _container(engine, one)
    for kind in ("proof", "probe"):
        for one in _containers(engine, f"{_KIND_LABEL}={kind}"):
            if OWNER_LABEL not in one["Labels"] and now - one["Created"] > STALE_SECONDS:
                yield _container(engine, one)
    filters = json.dumps({"label": [OWNER_LABEL]})
    told = engine.call("GET", "/volumes", query={"filters": filters}).json()
    left = [
        one["Name"]
        for one in told["Volumes"] or ()
        if is_left(one["Labels"] or {}, seconds_of(one.get("CreatedAt")), asker, now, others=others)
    ]
    sizes = _volume_sizes(engine) if left else {}
    for name in left:
        yield Leftover(
            kind="volume",
            name=name,
            size=sizes.get(name),
            remove=partial(_remove, engine, f"/volumes/{quoted(name)}", {}),
        )


def _containers(engine: EngineSocket, label: str) -> list[dict[str, Any]]:
    filters = json.dumps({"label": [label]})
    query = {"all": "1", "filters": filters}
    sized = engine.call("GET", "/containers/json", query={**query, "size": "1"}, accept=(404,))
    if sized.status == 404:
        # Somebody removes a container just now, and the engine then cannot tell the size of any.
        return list(engine.call("GET", "/containers/json", query=query).json())
    return [{"SizeRw": 0, **one} for one in sized.json()]  # the engine leaves a 0 out


def _container(engine: EngineSocket, told: Mapping[str, Any]) -> Leftover:
    names = told.get("Names") or [told["Id"][:12]]
    return Leftover(
        kind="container",
        name=names[0].lstrip("/"),
        size=told.get("SizeRw"),
        remove=partial(_remove, engine, f"/containers/{told['Id']}", {"force": "1", "v": "1"}),
    )


def _volume_sizes(engine: EngineSocket) -> Mapping[str, int]:
    """Bytes of every volume. The engine walks them all, so it is only asked when there is one to remove."""
    told = engine.call("GET", "/system/df", query={"type": "volume"}, timeout=300).json()
    sizes = {one["Name"]: one["UsageData"]["Size"] for one in told["Volumes"] or ()}
    return {name: size for name, size in sizes.items() if size >= 0}  # -1: a driver that cannot say


def _remove(engine: EngineSocket, path: str, query: Mapping[str, str]) -> bool:
    try:
        return engine.call("DELETE", path, query=query, accept=(404, 409)).status != 409
    except EngineRefused:
        return False
