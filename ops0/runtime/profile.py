"""The hardened profile: one pure function from an attempt to what the Engine is told. Every step gets it.

What a step may loosen is named on the step: ``network``, and more or less ``memory`` and ``cpu``. Nothing else.
Checked over ``inspect`` in tests/integration/test_containers.py. Source: CIS Docker Benchmark, section 5, and
the "restricted" level of the Kubernetes Pod Security Standards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops0.core.pipeline import CallId, StepOptions
from ops0.runtime.engine import Job
from ops0.runtime.owner import Owner
from ops0.runtime.runs import RunId
from ops0_runner.protocol import IN_DIR, OUT_DIR, USER_ID

PIDS = 1024
OPEN_FILES = 8192
FILE_SIZE = 64 * 2**30
LEAST_MEMORY = 256 * 2**20
ENVIRONMENT = (
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

RUN_LABEL = "ops0.run"
OWNER_LABEL = "ops0.owner"


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one step gets of the engine's host unless it says otherwise. ``memory`` bytes, ``cpu`` processors."""

    memory: int
    cpu: float


def host_share(memory: int, processors: int, slots: int) -> Share:
    """Nine tenths of the host's memory, divided among the steps that run side by side; all of its processors."""
    return Share(memory=max(LEAST_MEMORY, memory * 9 // 10 // max(1, slots)), cpu=float(processors))


def container_name(run: RunId, call: CallId, attempt: int) -> str:
    """Derived, not random: asking for the same attempt twice cannot make two containers."""
    return f"ops0-{run}-{call}-{attempt}"


def volume_name(run: RunId, call: CallId) -> str:
    """The volume that a call's attempts write, each in a folder of its own."""
    return f"ops0-{run}-{call}"


def labels(run: RunId, call: CallId, owner: Owner, attempt: int | None = None) -> dict[str, str]:
    """What clean-up finds things by."""
    found = {RUN_LABEL: run, OWNER_LABEL: str(owner), "ops0.call": call}
    if attempt is not None:
        found["ops0.attempt"] = str(attempt)
    return found


def container_config(job: Job, image: str, owner: Owner, share: Share) -> dict[str, Any]:
    """The body of ``POST /containers/create`` for one attempt.

    source: Engine API 1.44, ContainerCreate
    """
    options = job.step.options
    return {
        "Image": image,
        "User": f"{USER_ID}:{USER_ID}",
        "Env": list(ENVIRONMENT),
        "Labels": labels(job.run, job.call, owner, job.attempt),
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "StopSignal": "SIGTERM",
        "NetworkDisabled": not options.network,
        "HostConfig": {
            **_walls(options.network),
            **_limits(options, share),
            "Mounts": mounts(job),
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


def _limits(options: StepOptions, share: Share) -> dict[str, Any]:
    memory = options.memory or share.memory
    half = memory // 2
    return {
        "PidsLimit": PIDS,
        "Memory": memory,
        "MemorySwap": memory,  # memory and swap together: no swap
        "NanoCpus": int(min(options.cpu or share.cpu, share.cpu) * 1e9),
        "ShmSize": half,
        "Tmpfs": {"/tmp": f"rw,nosuid,nodev,noexec,mode=1777,size={half}"},  # noqa: S108 - the container's own
        "Ulimits": [
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "fsize", "Soft": FILE_SIZE, "Hard": FILE_SIZE},
            {"Name": "nofile", "Soft": OPEN_FILES, "Hard": OPEN_FILES},
        ],
    }


def mounts(job: Job) -> list[Mapping[str, Any]]:
    """Its own volume to write, its producers' to read. Never a folder of the host."""
    own = {"Type": "volume", "Source": volume_name(job.run, job.call), "Target": OUT_DIR}
    return [
        {**own, "ReadOnly": False},
        *(
            {
                "Type": "volume",
                "Source": volume_name(job.run, producer),
                "Target": f"{IN_DIR}/{producer}",
                "ReadOnly": True,
                "VolumeOptions": {"NoCopy": True},
            }
            for producer in job.producers
        ),
    ]
