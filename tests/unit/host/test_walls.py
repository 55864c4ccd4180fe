"""Each of the 26 walls, and a container that lacks just that one. What an engine said of a whole one stands below."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ops0.host.walls import RULES, Allowed, WallsDown, broken_rules

GIB = 2**30
WHOLE: dict[str, Any] = {
    "AppArmorProfile": "",
    "Config": {"User": "65532:65532"},
    "Mounts": [
        {
            "Type": "volume",
            "Name": "ops0-r-train",
            "Destination": "/ops0/out",
            "Driver": "local",
            "Mode": "z",
            "RW": True,
        },
        {
            "Type": "volume",
            "Name": "ops0-r-load",
            "Destination": "/ops0/in/load",
            "Driver": "local",
            "Mode": "z",
            "RW": False,
        },
    ],
    "HostConfig": {
        "Binds": None,
        "LogConfig": {"Type": "local", "Config": {"max-file": "3", "max-size": "10m"}},
        "NetworkMode": "none",
        "PortBindings": None,
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
        "VolumesFrom": None,
        "CapAdd": None,
        "CapDrop": ["ALL"],
        "CgroupnsMode": "private",
        "GroupAdd": None,
        "IpcMode": "private",
        "Links": None,
        "PidMode": "",
        "Privileged": False,
        "PublishAllPorts": False,
        "ReadonlyRootfs": True,
        "SecurityOpt": ["no-new-privileges:true"],
        "Tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,mode=1777,size=134217728"},
        "UTSMode": "",
        "UsernsMode": "",
        "ShmSize": 134217728,
        "Memory": 268435456,
        "NanoCpus": 1000000000,
        "CgroupParent": "",
        "Devices": None,
        "DeviceCgroupRules": None,
        "DeviceRequests": None,
        "MemorySwap": 268435456,
        "OomKillDisable": False,
        "PidsLimit": 1024,
        "Ulimits": [
            {"Name": "core", "Hard": 0, "Soft": 0},
            {"Name": "fsize", "Hard": 64 * GIB, "Soft": 64 * GIB},
            {"Name": "nofile", "Hard": 8192, "Soft": 8192},
        ],
        "MaskedPaths": ["/proc/acpi", "/proc/kcore", "/sys/firmware"],
        "ReadonlyPaths": ["/proc/bus", "/proc/sys"],
        "Init": True,
    },
}
NAMELESS = "0123456789abcdef" * 4
MOUNT = {"Type": "volume", "Name": "x", "Destination": "/x", "Driver": "local", "RW": True}
DOCKER_SOCKET = {
    "Type": "bind",
    "Source": "/var/run/docker.sock",
    "Destination": "/x",
    "RW": False,
}
# rule -> changes that each take that wall down, and no other: (path, value)
BROKEN: dict[str, list[tuple[str, Any]]] = {
    "user": [
        ("Config.User", "0:0"),
        ("Config.User", ""),
        ("Config.User", "root"),
        ("HostConfig.GroupAdd", ["docker"]),
    ],
    "privileged": [("HostConfig.Privileged", True)],
    "root": [("HostConfig.ReadonlyRootfs", False)],
    "cap-drop": [("HostConfig.CapDrop", None), ("HostConfig.CapDrop", ["NET_RAW"])],
    "cap-add": [("HostConfig.CapAdd", ["SYS_ADMIN"]), ("HostConfig.CapAdd", ["NET_BIND_SERVICE"])],
    "new-privileges": [
        ("HostConfig.SecurityOpt", None),
        ("HostConfig.SecurityOpt", ["no-new-privileges:false"]),
    ],
    "seccomp": [
        ("HostConfig.SecurityOpt", ["no-new-privileges", "seccomp=unconfined"]),
        ("HostConfig.SecurityOpt", ["no-new-privileges:true", "seccomp:{}"]),
    ],
    "confinement": [
        ("HostConfig.SecurityOpt", ["no-new-privileges:true", "apparmor=unconfined"]),
        ("HostConfig.SecurityOpt", ["no-new-privileges:true", "label=disable"]),
        ("AppArmorProfile", "unconfined"),
    ],
    "kernel": [
        ("HostConfig.MaskedPaths", []),
        ("HostConfig.ReadonlyPaths", None),
        ("HostConfig.Sysctls", {"net.core.somaxconn": "1"}),
    ],
    "network": [
        ("HostConfig.NetworkMode", "host"),
        ("HostConfig.NetworkMode", "bridge"),
        ("HostConfig.NetworkMode", "container:other"),
    ],
    "ports": [
        ("HostConfig.PortBindings", {"80/tcp": [{"HostPort": "80"}]}),
        ("HostConfig.PublishAllPorts", True),
        ("HostConfig.Links", ["/db:/x/db"]),
    ],
    "pid": [("HostConfig.PidMode", "host"), ("HostConfig.PidMode", "container:other")],
    "ipc": [("HostConfig.IpcMode", "host"), ("HostConfig.IpcMode", "shareable")],
    "uts": [("HostConfig.UTSMode", "host")],
    "cgroups": [("HostConfig.CgroupnsMode", "host"), ("HostConfig.CgroupParent", "/mine")],
    "users": [("HostConfig.UsernsMode", "host")],
    "mounts": [
        ("Mounts", [DOCKER_SOCKET]),
        ("Mounts", [{**MOUNT, "RW": False, "Driver": "nfs"}]),
        ("HostConfig.Binds", ["/etc:/x:ro"]),
        ("HostConfig.VolumesFrom", ["other"]),
    ],
    "inputs": [
        ("Mounts.1.RW", True),
        ("Mounts", [MOUNT]),
        ("Mounts", [{**MOUNT, "Name": NAMELESS, "Destination": "/ops0/in/load"}]),
    ],
    "devices": [
        ("HostConfig.Devices", [{"PathOnHost": "/dev/kvm"}]),
        ("HostConfig.DeviceRequests", [{"Driver": "nvidia"}]),
        ("HostConfig.DeviceCgroupRules", ["a *:* rwm"]),
    ],
    "temporary": [
        ("HostConfig.Tmpfs", {"/tmp": "rw,nosuid,nodev,exec,size=1"}),
        ("HostConfig.Tmpfs", {"/tmp": "rw,nosuid,nodev,noexec,exec,size=1"}),
        ("HostConfig.Tmpfs", {"/tmp": "rw,noexec,nosuid,nodev"}),
        ("HostConfig.Tmpfs", None),
        ("HostConfig.Tmpfs", {"/tmp": "noexec,nosuid,nodev,size=1", "/run": "exec"}),
        ("HostConfig.ShmSize", 0),
    ],
    "pids": [
        ("HostConfig.PidsLimit", None),
        ("HostConfig.PidsLimit", 0),
        ("HostConfig.PidsLimit", -1),
        ("HostConfig.PidsLimit", 100_000),
    ],
    "memory": [
        ("HostConfig.Memory", 0),
        ("HostConfig.MemorySwap", -1),
        ("HostConfig.MemorySwap", GIB),
    ],
    "cpu": [("HostConfig.NanoCpus", 0)],
    "ulimits": [("HostConfig.Ulimits", None), ("HostConfig.Ulimits.0.Hard", -1)],
    "ending": [
        ("HostConfig.Init", None),
        ("HostConfig.RestartPolicy.Name", "always"),
        ("HostConfig.OomKillDisable", True),
    ],
    "log": [
        ("HostConfig.LogConfig", {"Type": "json-file", "Config": {}}),
        ("HostConfig.LogConfig.Config", {}),
    ],
}
EACH = [(rule, path, value) for rule, changes in BROKEN.items() for path, value in changes]


def changed(path: str, value: Any) -> dict[str, Any]:
    told = copy.deepcopy(WHOLE)
    *parents, last = path.split(".")
    here: Any = told
    for name in parents:
        here = here[int(name)] if isinstance(here, list) else here[name]
    here[int(last) if isinstance(here, list) else last] = value
    return told


def names(told: dict[str, Any], asked: Allowed | None = None) -> list[str]:
    return [rule.name for rule in broken_rules(told, asked or Allowed())]


def test_there_are_26_and_each_has_a_container_that_breaks_it() -> None:
    assert len(RULES) == 26
    assert [rule.name for rule in RULES] == list(BROKEN)


def test_a_whole_container_breaks_none() -> None:
    assert names(WHOLE) == []


@pytest.mark.parametrize(("rule", "path", "value"), EACH, ids=lambda one: str(one)[:40])
def test_a_wall_that_is_down_is_seen_and_only_that(rule: str, path: str, value: Any) -> None:
    assert names(changed(path, value)) == [rule]


@pytest.mark.parametrize("name", sorted(set(WHOLE["HostConfig"]) - {"Links"}))
def test_what_an_engine_does_not_tell_does_not_count_as_well(name: str) -> None:
    told = copy.deepcopy(WHOLE)
    del told["HostConfig"][name]
    assert names(told) != []


def test_what_a_step_asked_for_it_may_have() -> None:
    assert names(changed("HostConfig.NetworkMode", "bridge"), Allowed(network=True)) == []
    assert names(WHOLE, Allowed(network=True)) == ["network"]
    assert names(changed("HostConfig.NetworkMode", "host"), Allowed(network=True)) == ["network"]
    runs = {"/tmp": "rw,nosuid,nodev,exec,mode=1777,size=134217728"}
    native = Allowed(native_code=True)
    assert names(changed("HostConfig.Tmpfs", runs), native) == []
    assert names(WHOLE, native) == ["temporary"]
    for other in ("rw,exec,nodev,size=1", "rw,exec,nosuid,size=1", "rw,exec,nosuid,nodev"):
        assert names(changed("HostConfig.Tmpfs", {"/tmp": other}), native) == ["temporary"]
    two = {**runs, "/run": "rw,nosuid,nodev,exec,size=1"}
    assert names(changed("HostConfig.Tmpfs", two), native) == ["temporary"]
    none = changed("HostConfig.LogConfig", {"Type": "none", "Config": {}})
    assert names(none, Allowed(quiet=True)) == []
    assert names(WHOLE, Allowed(quiet=True)) == ["log"]


def test_a_nameless_volume_of_the_base_image_is_the_steps_own() -> None:
    assert names(changed("Mounts", [{**MOUNT, "Name": NAMELESS}])) == []


def test_more_limits_than_were_asked_for_are_well() -> None:
    more = [*WHOLE["HostConfig"]["Ulimits"], {"Name": "nproc", "Hard": 9, "Soft": 9}]
    assert names(changed("HostConfig.Ulimits", more)) == []


def test_the_error_names_each_and_what_to_do() -> None:
    told = changed("HostConfig.Privileged", True)
    told["HostConfig"]["PidMode"] = "host"
    fault = WallsDown("unix:///run/x.sock", "ops0-r-a-1", broken_rules(told, Allowed(), "wall"))
    assert fault.walls == ("privileged", "pid")
    assert "privileged: it is privileged; pid: it sees other processes" in str(fault)
    assert str(fault).startswith("unix:///run/x.sock: container ops0-r-a-1 ")
    assert fault.hint
    assert fault.exit_code == 69


def test_limits_are_told_apart_from_walls() -> None:
    told = changed("HostConfig.Memory", 0)
    assert broken_rules(told, Allowed(), "wall") == ()
    assert [rule.name for rule in broken_rules(told, Allowed(), "limit")] == ["memory"]
