"""The engine's own push of images that a registry lacks: it reads blobs where they lie.

An export hands the same bytes out as one archive, which costs an engine more than sending them. Nothing is believed of
what it says: the registry is asked afterwards, and what it still lacks is sent the other way, with all its patience.
"""

from __future__ import annotations

import base64
import urllib.request
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from ops0.core.errors import EngineError
from ops0.host.engine_socket import EngineSocket
from ops0.host.engine_streams import answers
from ops0_builder.engine.engine_images import image_id, image_store
from ops0_builder.registry.apart import apart
from ops0_builder.registry.blobs import OnPush, PushEvent
from ops0_builder.registry.client import Manifest
from ops0_builder.registry.credentials import read_credentials, registry_auth
from ops0_builder.registry.given_tags import GivenTags, given_tags, left_tags
from ops0_builder.registry.reference import Reference, is_loopback

_SILENCE = 120.0
"""Seconds without a word of the engine after which it is left alone."""
_NOBODY = {"X-Registry-Auth": base64.urlsafe_b64encode(b"{}").decode("ascii")}


def engine_can_push(engine: EngineSocket, host: str) -> bool:
    """Whether the engine likely reaches a registry as this process does, and sends the digests that it names.

    Not one on another machine, nor where this process needs a proxy: the engine has settings of its own. One without
    root has a loopback of its own. The older image store sends other digests than it has.
    """
    if engine.address.socket is None or _has_proxy(host):
        return False
    try:
        store = image_store(engine)
    except EngineError:
        return False
    return store.containerd and not (store.rootless and is_loopback(host))


def _has_proxy(host: str) -> bool:
    name = host.rpartition(":")[0] or host
    known = "https" in urllib.request.getproxies() and not is_loopback(host)
    return known and not urllib.request.proxy_bypass(name)


def push_by_engine(
    engine: EngineSocket,
    digests: Mapping[str, str],
    where: Reference,
    on_event: OnPush,
    indexes: Mapping[str, Manifest] | None,
    layers: Mapping[str, Mapping[str, int]] | None,
) -> Generator[str]:
    """Have the engine send images until one fails: the tags of those that it has sent, as it says so.

    Why one failed is not told: whoever calls asks the registry, and goes on. Images of which each lacks the same layer
    are sent one after the other, for two pushes at once send twice what they share.

    digests: the engine's id by the tag that the image shall have in the repository
    indexes: by digest those among them that join images which the engine has
    layers:  of each tag's image, with their bytes, as far as they are known
    """
    with suppress(EngineError):
        for left in left_tags(engine):
            left.take_away(engine)
        held = _held(engine, digests, where)
        free = {str(where.tagged(tag)): digests[tag] for tag in digests if held[tag] is None}
        with given_tags(engine, free, indexes) as given, ThreadPoolExecutor(1) as after:
            # A name that means another image here stays so: its image goes the other way.
            tags = [tag for tag in digests if held[tag] in (None, digests[tag])]
            known = {tag: (layers or {}).get(tag, {}) for tag in tags}
            for tag in apart(_Pushes(engine, where, given, _Told(on_event)).push, known):
                after.submit(given.take_away, str(where.tagged(tag)))
                yield tag


def _held(
    engine: EngineSocket, digests: Mapping[str, str], where: Reference
) -> Mapping[str, str | None]:
    """What the engine has under the name that each tag's image needs for a push."""
    return {tag: image_id(engine, str(where.tagged(tag))) for tag in digests}


class _Pushes:
    """Pushes into one repository. Threads may share it."""

    def __init__(
        self, engine: EngineSocket, where: Reference, given: GivenTags, told: _Told
    ) -> None:
        self._engine, self._where, self._given, self._told = engine, where, given, told
        self._headers = registry_auth(where.host, read_credentials(where.host)) or _NOBODY

    def push(self, tag: str) -> bool:
        """Whether all went well."""
        path = f"/images/{self._where.repository}/push?{urlencode({'tag': tag})}"
        with suppress(EngineError):
            self._given.give(str(self._where.tagged(tag)))
            for line in answers(self._engine, path, headers=self._headers, seconds=_SILENCE):
                if isinstance(line, dict) and "error" in line:
                    return False
                self._told.take(line)
            return True
        return False


class _Told:
    """What the engine says of its layers, as a push tells it. Threads may share it."""

    def __init__(self, on_event: OnPush) -> None:
        self._on_event = on_event
        self._lock = Lock()
        self._layers: dict[str, tuple[int, int, bool]] = {}

    def take(self, line: Any) -> None:
        """One line of progress: those of layers that are on their way, or have arrived, count."""
        if not isinstance(line, dict) or line.get("status") not in ("Pushing", "Pushed"):
            return
        detail = line.get("progressDetail") or {}
        name, done = str(line.get("id")), line["status"] == "Pushed"
        with self._lock:
            self._take(name, detail, done)

    def _take(self, name: str, detail: Mapping[str, Any], done: bool) -> None:
        current, total, _ = self._layers.get(name, (0, 0, False))
        total = int(detail.get("total") or total)
        current = total if done else int(detail.get("current") or current)
        if total == 0 or self._layers.get(name) == (current, total, done):
            return
        self._layers[name] = (current, total, done)
        rows = self._layers.values()
        event = PushEvent(
            blobs=sum(row[2] for row in rows),
            of_blobs=len(rows),
            bytes=sum(row[0] for row in rows),
            of_bytes=sum(row[1] for row in rows),
        )
        self._on_event(event)
