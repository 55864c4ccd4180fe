"""A step's container: one pure function from an attempt to what the Engine is told, by the hardened profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from ops0.core.graphs.spreading import item_id, of_item
from ops0.core.pipeline import CallId
from ops0.host.hardened import Limits, hardened_body
from ops0.host.owner import Owner, owner_labels
from ops0.runtime.engine import Job
from ops0.runtime.runs import RunId
from ops0_runner.protocol import CODE_DIR, IN_DIR, OUT_DIR, USER_ID

_LEAST_MEMORY = 256 * 2**20
RUN_LABEL = "ops0.run"
CALL_LABEL = "ops0.call"
_ITEM = re.compile(r"\.(\d+)\.(.+)")
MODEL_DIR = f"{IN_DIR}/.model"
"""Where a step finds the files of its model. No call has such a name."""
MODEL_CALL = CallId(".model")
"""Whose volumes hold models, by their labels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one step gets of the engine's host unless it says otherwise. ``memory`` bytes, ``cpu`` processors."""

    memory: int
    cpu: float


def host_share(memory: int, processors: int, slots: int) -> Share:
    """Nine tenths of the host's memory, divided among the steps that run side by side; all of its processors."""
    return Share(
        memory=max(_LEAST_MEMORY, memory * 9 // 10 // max(1, slots)), cpu=float(processors)
    )


def container_name(run: RunId, call: CallId, attempt: int) -> str:
    """Derived, not random: asking for the same attempt twice cannot make two containers."""
    return f"ops0-{run}-{_plain(call)}-{attempt}"


def volume_name(run: RunId, call: CallId) -> str:
    """The volume that a call's attempts write, each in a folder of its own."""
    return f"ops0-{run}-{_plain(call)}"


def call_of_volume(run: RunId, name: str) -> CallId | None:
    """The call whose attempts write a volume; None for a volume of another kind, as a model's."""
    rest = name.removeprefix(f"ops0-{run}-")
    item = _ITEM.fullmatch(rest)
    if item is not None:
        return item_id(CallId(item[2]), int(item[1]))
    return None if rest.startswith(".") else CallId(rest)


def _plain(call: CallId) -> str:
    """A call as names of the engine can spell it: no step has a name with a dot in front, so ``.3.train`` is free."""
    item = of_item(call)
    return call if item is None else f".{item[1]}.{item[0]}"


def model_volume(run: RunId, digest: str) -> str:
    """The volume of a run that holds one version of a model. No call has a name with a dot in front."""
    return f"ops0-{run}-.model-{digest[:16]}"


def holder_name(run: RunId, owner: Owner, number: int) -> str:
    """A container that holds volumes of a run while a leader of it reads or resumes.

    Leaders in several process-id spaces may have one pid: so the name has their start, too.
    """
    return f"ops0-{run}-.held-{owner.pid}-{owner.started}-{number}"


def shell_command(image: str, *, network: bool) -> str:
    """What a person types for a shell where a step runs, with the network that it has."""
    reach = "bridge" if network else "none"
    return f"docker run --rm -it --network {reach} --user {USER_ID} --entrypoint sh {quote(image)}"


def holder_config(image: str, who: Mapping[str, str], volumes: Mapping[str, str]) -> dict[str, Any]:
    """A container that is never started: what it mounts can be read, and no other ops0 can remove it.

    volumes: call -> the volume of its attempts
    """
    mounts = [
        _mount(name, f"{IN_DIR}/{call}", {**who, CALL_LABEL: call}, read_only=True)
        for call, name in volumes.items()
    ]
    limits = Limits(memory=_LEAST_MEMORY, cpu=1.0, tmp=_LEAST_MEMORY // 2)
    body = hardened_body(image, dict(who), network=False, limits=limits)
    return {**body, "HostConfig": {**body["HostConfig"], "Mounts": mounts}}


def filler_config(image: str, who: Mapping[str, str], volume: str, target: str) -> dict[str, Any]:
    """A container that is never started: the Engine writes into a volume only through one that mounts it.

    who: its labels, and the volume's
    """
    mount = _mount(volume, target, who, read_only=False)
    limits = Limits(memory=_LEAST_MEMORY, cpu=1.0, tmp=_LEAST_MEMORY // 2)
    body = hardened_body(image, dict(who), network=False, limits=limits)
    return {**body, "HostConfig": {**body["HostConfig"], "Mounts": [mount]}}


def labels(run: RunId, call: CallId, owner: Owner, attempt: int | None = None) -> dict[str, str]:
    """What clean-up finds things by."""
    found = {RUN_LABEL: run, **owner_labels(owner), CALL_LABEL: call}
    if attempt is not None:
        found["ops0.attempt"] = str(attempt)
    return found


_SPOKEN_TO: Mapping[str, Any] = {
    "AttachStdin": True,
    "AttachStdout": True,
    "AttachStderr": True,
    "OpenStdin": True,
    "StdinOnce": True,
    "Tty": False,
}
"""The go line comes by stdin, the runner's words by stdout."""


def container_config(
    job: Job,
    image: str,
    owner: Owner,
    share: Share,
    model: str | None = None,
    runtime: str | None = None,
) -> dict[str, Any]:
    """The body of ``POST /containers/create`` for one attempt.

    model: the volume of its model, or None;  runtime: what runs it, by the engine's name; None: what the engine prefers
    """
    options = job.step.options
    memory = options.memory or share.memory
    cpu = min(options.cpu or share.cpu, share.cpu)  # the Engine refuses more than its host has
    body = hardened_body(
        image,
        labels(job.run, job.call, owner, job.attempt),
        network=options.network,
        limits=Limits(memory=memory, cpu=cpu, tmp=memory // 2),
        native_code=bool(job.step.native_code),
    )
    # The image's own is the project's root; only a notebook's steps run elsewhere.
    folder = job.step.folder
    elsewhere = {} if folder == "." else {"WorkingDir": f"{CODE_DIR}/{folder}"}
    return {
        **body,
        **elsewhere,
        **_SPOKEN_TO,
        "StopSignal": "SIGTERM",
        "HostConfig": {
            **body["HostConfig"],
            **_quiet(job),
            **({} if runtime is None else {"Runtime": runtime}),
            "Mounts": mounts(job, owner, model),
        },
    }


def _quiet(job: Job) -> dict[str, Any]:
    """The Engine keeps no log of a step with secrets: ops0 hides them in its own, the Engine would not."""
    return {"LogConfig": {"Type": "none", "Config": {}}} if job.step.options.secrets else {}


def mounts(job: Job, owner: Owner, model: str | None = None) -> list[dict[str, Any]]:
    """Its own volume to write, its producers' and its model's to read. Never a folder of the host."""

    def mount(volume: str, target: str, call: CallId, *, read_only: bool = True) -> dict[str, Any]:
        return _mount(volume, target, labels(job.run, call, owner), read_only=read_only)

    return [
        mount(volume_name(job.run, job.call), OUT_DIR, job.call, read_only=False),
        *(
            mount(volume_name(job.run, producer), f"{IN_DIR}/{producer}", producer)
            for producer in job.producers
        ),
        *([mount(model, MODEL_DIR, MODEL_CALL)] if model is not None else []),
    ]


def _mount(volume: str, target: str, who: Mapping[str, str], *, read_only: bool) -> dict[str, Any]:
    """A volume in a container.

    who: the volume's labels. The Engine makes a volume that is gone when it makes what mounts it, be that long after
         both were given up: with them it is found
    """
    options = {"Labels": dict(who), **({"NoCopy": True} if read_only else {})}
    return {
        "Type": "volume",
        "Source": volume,
        "Target": target,
        "ReadOnly": read_only,
        "VolumeOptions": options,
    }
