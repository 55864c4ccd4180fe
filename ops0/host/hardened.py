"""The hardened profile: the one place that says what walls a container of ops0 has. Pure.

Every container gets it: steps, the proofs of images and the probes of bases. So what a proof shows holds for a run.
What a step may loosen is named on the step: ``network``, ``native_code``, and more or less ``memory`` and ``cpu``.
Nothing else; ``native_code`` rules may give, too, and `ops0 plan` shows why.
Checked over ``inspect`` in tests/integration/test_containers.py. Source: CIS Docker Benchmark, section 5, and
the "restricted" level of the Kubernetes Pod Security Standards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops0_runner.protocol import USER_ID

PIDS = 1024
OPEN_FILES = 8192
FILE_SIZE = 64 * 2**30
_ENVIRONMENT = (
    "HOME=/tmp",
    "MPLCONFIGDIR=/tmp/matplotlib",
    "NUMBA_CACHE_DIR=/tmp/numba",
    "OMP_WAIT_POLICY=PASSIVE",
    "PYTHONDONTWRITEBYTECODE=1",
    "TMPDIR=/tmp",
    "XDG_CACHE_HOME=/tmp/cache",
)
"""The root is read-only: what libraries like to write beside themselves or at home goes to /tmp.

OMP_WAIT_POLICY: OpenMP's threads spin while they wait. Beside other steps that is what the others need: gradient
boosting on two busy processors takes 3.5 times as long with spinning threads as with sleeping ones.
"""


_FOR_NATIVE_CODE = ("TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS=0",)
"""What a step has in addition that compiles code: a folder that lives as long as one step gains nothing from headers
that are compiled for later, and for these torch asks a program that small images lack (openssl).
"""

_HOST_NAME = "ops0"
"""What a container without a network calls itself. It has to find itself and localhost by name: Spark, Ray and
PyTorch's process groups do. The engine writes no /etc/hosts at all where ``NetworkDisabled`` is set, and of itself no
line of its own where the network is ``none``.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a container may use. ``memory``, ``tmp`` (each of /tmp and /dev/shm): bytes; ``cpu``: processors.

    None: as much as the engine's host has
    """

    memory: int | None
    cpu: float | None
    tmp: int


def hardened_body(
    image: str,
    labels: Mapping[str, str],
    *,
    network: bool,
    limits: Limits,
    native_code: bool = False,
) -> dict[str, Any]:
    """What every body of ``POST /containers/create`` has; the caller adds streams, mounts or a command.

    native_code: files in /tmp can be run, and loaded as libraries. All else is as without
    source: Engine API 1.44, ContainerCreate
    """
    return {
        "Image": image,
        "User": f"{USER_ID}:{USER_ID}",
        "Env": [*_ENVIRONMENT, *(_FOR_NATIVE_CODE if native_code else ())],
        "Labels": dict(labels),
        **({} if network else {"Hostname": _HOST_NAME}),
        "HostConfig": {
            **_walls(network),
            **({} if network else {"ExtraHosts": [f"{_HOST_NAME}:127.0.0.1"]}),
            "Tmpfs": {"/tmp": _temporary(limits, native_code)},  # noqa: S108 - the container's own
            **_limits(limits),
            "LogConfig": {"Type": "local", "Config": {"max-size": "10m", "max-file": "3"}},
            "RestartPolicy": {"Name": "no"},
            "AutoRemove": False,
        },
    }


def _walls(network: bool) -> dict[str, Any]:
    return {
        "Init": True,
        "ReadonlyRootfs": True,
        "Privileged": False,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges:true"],
        "NetworkMode": "bridge" if network else "none",
        "IpcMode": "private",
        "CgroupnsMode": "private",
    }


def _temporary(limits: Limits, native_code: bool) -> str:
    """The options of /tmp.

    Native code gets no second folder beside it: HOME, caches and what libraries have hard-coded are all here. A JVM
    asks neither TMPDIR nor HOME where to unpack, and the variable that tells it makes each JVM print a line.
    """
    runs = "exec" if native_code else "noexec"
    return f"rw,nosuid,nodev,{runs},mode=1777,size={limits.tmp}"


def _limits(limits: Limits) -> dict[str, Any]:
    found: dict[str, Any] = {
        "PidsLimit": PIDS,
        "ShmSize": limits.tmp,
        "Ulimits": [
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "fsize", "Soft": FILE_SIZE, "Hard": FILE_SIZE},
            {"Name": "nofile", "Soft": OPEN_FILES, "Hard": OPEN_FILES},
        ],
    }
    if limits.memory is not None:
        # MemorySwap is memory and swap together: no swap.
        found |= {"Memory": limits.memory, "MemorySwap": limits.memory}
    if limits.cpu is not None:
        found["NanoCpus"] = int(limits.cpu * 1e9)
    return found
