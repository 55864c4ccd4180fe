"""One container, run once to its end, over the engine's socket: hardened, without network, removed always."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ops0.core.errors import EngineError
from ops0.host.engine_errors import EngineTimeout
from ops0.host.engine_socket import EngineSocket
from ops0_runner.protocol import USER_ID

_FRAME = struct.Struct(">BxxxI")
TMP_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Once:
    """A container that has ended. ``code`` as the engine gives it: 128 + signal for a killed one."""

    code: int
    out: str
    err: str


def once_body(image: str, argv: Sequence[str], labels: Mapping[str, str]) -> Mapping[str, Any]:
    """What the engine is asked to create. Pure.

    source: design, section 7: the hardened profile
    """
    return {
        "Image": image,
        "Entrypoint": list(argv),
        "Cmd": [],
        "User": f"{USER_ID}:{USER_ID}",
        "WorkingDir": "/",
        "Env": ["HOME=/tmp", "MPLCONFIGDIR=/tmp", "XDG_CACHE_HOME=/tmp"],
        "Labels": dict(labels),
        "NetworkDisabled": True,
        "HostConfig": {
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "Init": True,
            "PidsLimit": 1024,
            "Tmpfs": {"/tmp": f"rw,nosuid,nodev,size={TMP_BYTES}"},  # noqa: S108 - in the container
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "4m", "max-file": "1"}},
        },
    }


def run_once(
    engine: EngineSocket,
    image: str,
    argv: Sequence[str],
    *,
    labels: Mapping[str, str],
    timeout: float,
) -> Once:
    """Create, start, wait, read, remove.

    timeout: seconds that the container may take
    raises:  EngineError; EngineTimeout where it did not end in time
    """
    created = engine.call("POST", "/containers/create", body=once_body(image, argv, labels))
    path = f"/containers/{created.json()['Id']}"
    try:
        engine.call("POST", f"{path}/start", accept=(304,))
        waited = engine.call("POST", f"{path}/wait", timeout=timeout).json()
        said = engine.call("GET", f"{path}/logs", query={"stdout": "1", "stderr": "1"}).body
        out, err = split_streams(said)
        return Once(code=int(waited["StatusCode"]), out=out, err=err)
    except EngineTimeout:
        raise EngineTimeout(engine.address.text, f"a container of {image}", timeout) from None
    finally:
        with suppress(EngineError):  # the first error tells more; the label lets `ops0 gc` find it
            engine.call("DELETE", path, query={"force": "1", "v": "1"}, accept=(404, 409))


def split_streams(data: bytes) -> tuple[str, str]:
    """The engine's log frames as (stdout, stderr); a torn last frame counts as far as it goes.

    source: https://docs.docker.com/reference/api/engine/version/v1.44/#tag/Container/operation/ContainerAttach
    """
    parts: dict[int, list[bytes]] = {1: [], 2: []}
    at = 0
    while at + _FRAME.size <= len(data):
        kind, size = _FRAME.unpack_from(data, at)
        at += _FRAME.size
        parts.setdefault(kind, []).append(data[at : at + size])
        at += size
    out, err = (b"".join(parts[kind]).decode("utf-8", "replace") for kind in (1, 2))
    return out, err
