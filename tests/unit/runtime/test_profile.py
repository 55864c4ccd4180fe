"""The hardened profile as a value, compared whole: a wall that falls is a diff here."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from ops0.core.pipeline import CallId, Reason, Where
from ops0.host.owner import Owner
from ops0.runtime.engine import Job
from ops0.runtime.engines.profile import (
    Share,
    container_config,
    host_share,
    mounts,
    shell_command,
)
from ops0.runtime.runs import RunId

OWNER = Owner(machine="m", boot="b", space="s", pid=7, started=99, state="f")
GIB = 2**30


def a_job(make: SimpleNamespace, *producers: str, **options: object) -> Job:
    return Job(
        run=RunId("r1"),
        call=CallId("train-2"),
        attempt=3,
        nonce="n",
        step=make.step("train", **options),
        producers=tuple(CallId(p) for p in producers),
    )


def of_volume(call: str) -> dict[str, str]:
    return {
        "ops0.run": "r1",
        "ops0.call": call,
        "ops0.owner": "m/b/s/7/99",
        "ops0.state": "f",
    }


def test_the_whole_profile(make: SimpleNamespace) -> None:
    config = container_config(
        a_job(make, "load"), "sha256:1", OWNER, Share(memory=4 * GIB, cpu=2.0)
    )
    assert config == {
        "Image": "sha256:1",
        "User": "65532:65532",
        "Env": [
            "HOME=/tmp",
            "MPLCONFIGDIR=/tmp/matplotlib",
            "NUMBA_CACHE_DIR=/tmp/numba",
            "OMP_WAIT_POLICY=PASSIVE",
            "PYTHONDONTWRITEBYTECODE=1",
            "TMPDIR=/tmp",
            "XDG_CACHE_HOME=/tmp/cache",
        ],
        "Labels": {
            "ops0.run": "r1",
            "ops0.call": "train-2",
            "ops0.attempt": "3",
            "ops0.owner": "m/b/s/7/99",
            "ops0.state": "f",
        },
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "StopSignal": "SIGTERM",
        "Hostname": "ops0",
        "HostConfig": {
            "ExtraHosts": ["ops0:127.0.0.1"],
            "Init": True,
            "ReadonlyRootfs": True,
            "Privileged": False,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges:true"],
            "NetworkMode": "none",
            "IpcMode": "private",
            "CgroupnsMode": "private",
            "PidsLimit": 1024,
            "Memory": 4 * GIB,
            "MemorySwap": 4 * GIB,
            "NanoCpus": 2_000_000_000,
            "ShmSize": 2 * GIB,
            "Tmpfs": {"/tmp": f"rw,nosuid,nodev,noexec,mode=1777,size={2 * GIB}"},
            "Ulimits": [
                {"Name": "core", "Soft": 0, "Hard": 0},
                {"Name": "fsize", "Soft": 64 * GIB, "Hard": 64 * GIB},
                {"Name": "nofile", "Soft": 8192, "Hard": 8192},
            ],
            "Mounts": [
                {
                    "Type": "volume",
                    "Source": "ops0-r1-train-2",
                    "Target": "/ops0/out",
                    "ReadOnly": False,
                    "VolumeOptions": {"Labels": of_volume("train-2")},
                },
                {
                    "Type": "volume",
                    "Source": "ops0-r1-load",
                    "Target": "/ops0/in/load",
                    "ReadOnly": True,
                    "VolumeOptions": {"Labels": of_volume("load"), "NoCopy": True},
                },
            ],
            "LogConfig": {"Type": "local", "Config": {"max-size": "10m", "max-file": "3"}},
            "RestartPolicy": {"Name": "no"},
            "AutoRemove": False,
        },
    }


def test_another_runtime_is_one_more_line(make: SimpleNamespace) -> None:
    share = Share(memory=4 * GIB, cpu=2.0)
    plain = container_config(a_job(make), "sha256:1", OWNER, share)
    other = container_config(a_job(make), "sha256:1", OWNER, share, runtime="runsc")
    assert "Runtime" not in plain["HostConfig"]
    assert other == {**plain, "HostConfig": {**plain["HostConfig"], "Runtime": "runsc"}}


def test_what_a_step_may_change_is_what_it_asked_for(make: SimpleNamespace) -> None:
    share = Share(memory=4 * GIB, cpu=2.0)
    plain = container_config(a_job(make), "i", OWNER, share)
    asked = container_config(a_job(make, network=True, memory=GIB, cpu=0.5), "i", OWNER, share)
    host, before = asked.pop("HostConfig"), plain.pop("HostConfig")
    assert plain.pop("Hostname") == "ops0"
    assert before.pop("ExtraHosts") == ["ops0:127.0.0.1"]
    assert asked == plain
    assert {k: v for k, v in host.items() if v != before[k]} == {
        "NetworkMode": "bridge",
        "Memory": GIB,
        "MemorySwap": GIB,
        "NanoCpus": 500_000_000,
        "ShmSize": GIB // 2,
        "Tmpfs": {"/tmp": f"rw,nosuid,nodev,noexec,mode=1777,size={GIB // 2}"},
    }


def test_native_code_opens_the_temporary_folder_and_nothing_else(make: SimpleNamespace) -> None:
    share, job = Share(memory=4 * GIB, cpu=2.0), a_job(make)
    why = (Reason(Where("p.py", 1), "spark unpacks"),)
    plain = container_config(job, "i", OWNER, share)
    other = container_config(
        replace(job, step=replace(job.step, native_code=why)), "i", OWNER, share
    )
    host, before = other.pop("HostConfig"), plain.pop("HostConfig")
    assert {key: value for key, value in host.items() if value != before[key]} == {
        "Tmpfs": {"/tmp": f"rw,nosuid,nodev,exec,mode=1777,size={2 * GIB}"}
    }
    assert host.keys() == before.keys()
    torch = ["TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS=0"]
    assert other == {**plain, "Env": plain["Env"] + torch}


def test_a_step_of_a_notebook_runs_in_the_notebooks_folder(make: SimpleNamespace) -> None:
    job = a_job(make)
    job = replace(job, step=replace(job.step, folder="my work"))
    config = container_config(job, "sha256:1", OWNER, Share(memory=GIB, cpu=1.0))
    assert config["WorkingDir"] == "/ops0/code/my work"


def test_more_processors_than_the_host_has_are_not_asked_for(make: SimpleNamespace) -> None:
    """The Engine refuses a container that wants them."""
    config = container_config(a_job(make, cpu=64.0), "i", OWNER, Share(memory=GIB, cpu=2.0))
    assert config["HostConfig"]["NanoCpus"] == 2_000_000_000


@pytest.mark.parametrize(("slots", "memory"), [(1, 9 * GIB), (3, 3 * GIB), (1000, 256 * 2**20)])
def test_the_host_is_shared_among_what_runs_side_by_side(slots: int, memory: int) -> None:
    assert host_share(10 * GIB, 8, slots) == Share(memory=memory, cpu=8.0)


def test_a_models_volume_is_mounted_read_only_and_only_where_it_is_asked_for(
    make: SimpleNamespace,
) -> None:
    job = a_job(make, "load")
    plain, with_model = mounts(job, OWNER), mounts(job, OWNER, "ops0-r-.model-abc")
    assert with_model[:-1] == plain
    assert with_model[-1] == {
        "Type": "volume",
        "Source": "ops0-r-.model-abc",
        "Target": "/ops0/in/.model",
        "ReadOnly": True,
        "VolumeOptions": {"Labels": of_volume(".model"), "NoCopy": True},
    }


@pytest.mark.parametrize("network", [False, True])
def test_a_shell_has_the_network_of_the_step(make: SimpleNamespace, network: bool) -> None:
    job = a_job(make, network=network)
    config = container_config(job, "sha256:1", OWNER, Share(memory=GIB, cpu=1.0))
    told = shell_command("sha256:1", network=network)
    assert f"--network {config['HostConfig']['NetworkMode']} " in told
    assert f"--user {config['User'].partition(':')[0]} " in told
