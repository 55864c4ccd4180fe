"""Whether a container has the walls that it was to get: 26 rules over what the engine's ``inspect`` says. Pure.

What is asked of an engine is one thing (hardened.py), what it made of it another: an engine, or something between it
and us, that leaves out what it does not know or adds what its owner has configured does not say so. Source: CIS Docker
Benchmark, section 5, and the "restricted" level of the Kubernetes Pod Security Standards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ops0.core.errors import EngineError
from ops0.host.hardened import FILE_SIZE, OPEN_FILES, PIDS
from ops0_runner.protocol import IN_DIR, OUT_DIR, USER_ID

Told = Mapping[str, Any]
Kind = Literal["wall", "limit"]
_HELD = {"pids": "PidsLimit", "memory": "MemoryLimit", "cpu": "CpuCfsQuota"}
_NAMELESS = re.compile(r"[0-9a-f]{64}")


class WallsDown(EngineError):
    """The engine made a container without walls that it was asked for. It was not started. ``walls``: their names."""

    exit_code = 69

    def __init__(self, place: str, name: str, broken: Sequence[Rule]) -> None:
        facts = "; ".join(f"{one.name}: {one.fact}" for one in broken)
        super().__init__(
            f"{place}: container {name} has not the walls of a step ({facts})",
            "the engine, a plug-in or a proxy changes what it is asked for: fix that, or use another engine",
        )
        self.walls = tuple(one.name for one in broken)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    """What a step may have beyond the least: ``network``, ``native_code``.

    quiet: the engine is to keep no log of it
    """

    network: bool = False
    native_code: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``fact``: what is wrong where it is broken, in words.

    kind: "wall": between the step and all else;  "limit": of what it may use, which some engines cannot hold
    """

    name: str
    kind: Kind
    fact: str
    holds: Callable[[Told, Allowed], bool]


def broken_rules(told: Told, allowed: Allowed, kind: Kind | None = None) -> tuple[Rule, ...]:
    """The rules that a container breaks, in their order.

    told: what ``GET /containers/{id}/json`` gives; a field that is missing breaks the rules that need it
    kind: only of this kind
    """
    rules = (rule for rule in RULES if kind in (None, rule.kind))
    return tuple(rule for rule in rules if not _holds(rule, told, allowed))


def unheld_limits(info: Told) -> tuple[Rule, ...]:
    """The rules whose limits an engine writes into its containers and cannot hold, as one without cgroups. Pure.

    info: its answer to ``GET /info``
    """
    names = {name for name, word in _HELD.items() if info.get(word) is False}
    return tuple(rule for rule in RULES if rule.name in names)


def _holds(rule: Rule, told: Told, allowed: Allowed) -> bool:
    try:
        return rule.holds(told, allowed)
    except (KeyError, TypeError, AttributeError, ValueError):
        return False


def _host(told: Told) -> Told:
    host: Told = told["HostConfig"]
    return host


def _options(told: Told) -> list[str]:
    """Security options, ``a=b`` and ``a:b`` alike."""
    return [str(one).replace("=", ":") for one in _host(told)["SecurityOpt"] or ()]


def _user(told: Told, _: Allowed) -> bool:
    return told["Config"]["User"] == f"{USER_ID}:{USER_ID}" and not _host(told)["GroupAdd"]


def _new_privileges(told: Told, _: Allowed) -> bool:
    return {"no-new-privileges", "no-new-privileges:true"} & set(_options(told)) != set()


def _seccomp(told: Told, _: Allowed) -> bool:
    return not any(one.startswith("seccomp:") for one in _options(told))


def _confinement(told: Told, _: Allowed) -> bool:
    loose = {"apparmor:unconfined", "label:disable"} & set(_options(told))
    return not loose and told.get("AppArmorProfile") != "unconfined"


def _kernel(told: Told, _: Allowed) -> bool:
    host = _host(told)
    hidden = "/proc/kcore" in host["MaskedPaths"] and "/proc/sys" in host["ReadonlyPaths"]
    return hidden and not host.get("Sysctls")


def _network(told: Told, allowed: Allowed) -> bool:
    return bool(_host(told)["NetworkMode"] == ("bridge" if allowed.network else "none"))


def _ports(told: Told, _: Allowed) -> bool:
    host = _host(told)
    return not host["PortBindings"] and not host["PublishAllPorts"] and not host["Links"]


def _cgroups(told: Told, _: Allowed) -> bool:
    return _host(told)["CgroupnsMode"] in ("private", "") and not _host(told)["CgroupParent"]


def _mounts(told: Told, _: Allowed) -> bool:
    host = _host(told)
    kinds = [one["Type"] == "volume" and one["Driver"] == "local" for one in told["Mounts"]]
    return all(kinds) and not host["Binds"] and not host["VolumesFrom"]


def _inputs(told: Told, _: Allowed) -> bool:
    """What can be written is its own output, or a nameless volume that its base image brings."""
    writable = [one for one in told["Mounts"] if one["RW"] and one["Destination"] != OUT_DIR]
    below = f"{IN_DIR}/"
    return all(
        _NAMELESS.fullmatch(one["Name"]) and not f"{one['Destination']}/".startswith(below)
        for one in writable
    )


def _devices(told: Told, _: Allowed) -> bool:
    host = _host(told)
    return not (host["Devices"] or host["DeviceRequests"] or host["DeviceCgroupRules"])


def _temporary(told: Told, allowed: Allowed) -> bool:
    host = _host(told)
    options = {one.partition("=")[0] for one in host["Tmpfs"]["/tmp"].split(",")}  # noqa: S108 - the container's own
    runs = "exec" if allowed.native_code else "noexec"
    walls = {runs, "nosuid", "nodev", "size"} <= options and options & {"exec", "noexec"} == {runs}
    return walls and list(host["Tmpfs"]) == ["/tmp"] and host["ShmSize"] > 0  # noqa: S108


def _memory(told: Told, _: Allowed) -> bool:
    host = _host(told)
    return bool(host["Memory"] > 0 and host["MemorySwap"] == host["Memory"])


def _ulimits(told: Told, _: Allowed) -> bool:
    hard = {one["Name"]: one["Hard"] for one in _host(told)["Ulimits"]}
    wanted = {"core": 0, "fsize": FILE_SIZE, "nofile": OPEN_FILES}
    return {name: hard.get(name) for name in wanted} == wanted


def _ending(told: Told, _: Allowed) -> bool:
    host = _host(told)
    restarts = host["RestartPolicy"]["Name"] not in ("no", "")
    return host["Init"] is True and not restarts and not host["OomKillDisable"]


def _log(told: Told, allowed: Allowed) -> bool:
    log = _host(told)["LogConfig"]
    if allowed.quiet:
        return bool(log["Type"] == "none")
    return log["Type"] == "local" and {"max-size", "max-file"} <= set(log["Config"])


RULES: tuple[Rule, ...] = (
    Rule("user", "wall", "it runs as another user than 65532, or in more groups", _user),
    Rule("privileged", "wall", "it is privileged", lambda t, _: _host(t)["Privileged"] is False),
    Rule(
        "root", "wall", "its root can be written", lambda t, _: _host(t)["ReadonlyRootfs"] is True
    ),
    Rule("cap-drop", "wall", "it keeps capabilities", lambda t, _: _host(t)["CapDrop"] == ["ALL"]),
    Rule("cap-add", "wall", "it is given capabilities", lambda t, _: not _host(t)["CapAdd"]),
    Rule("new-privileges", "wall", "it may gain privileges", _new_privileges),
    Rule("seccomp", "wall", "it has another seccomp profile than the engine's own", _seccomp),
    Rule("confinement", "wall", "AppArmor or SELinux leave it alone", _confinement),
    Rule("kernel", "wall", "it sees or sets what is the kernel's", _kernel),
    Rule("network", "wall", "it has another network than it asked for", _network),
    Rule("ports", "wall", "it can be reached at ports of the host", _ports),
    Rule("pid", "wall", "it sees other processes", lambda t, _: not _host(t)["PidMode"]),
    Rule(
        "ipc", "wall", "it shares memory", lambda t, _: _host(t)["IpcMode"] in ("private", "none")
    ),
    Rule("uts", "wall", "it has the host's name", lambda t, _: not _host(t)["UTSMode"]),
    Rule("cgroups", "wall", "it sees or chooses its cgroup", _cgroups),
    Rule("users", "wall", "it has the host's users", lambda t, _: not _host(t)["UsernsMode"]),
    Rule("mounts", "wall", "it mounts something else than volumes", _mounts),
    Rule("inputs", "wall", "it can write what others have made", _inputs),
    Rule("devices", "wall", "it has devices", _devices),
    Rule("temporary", "wall", "programs can run from another folder than it asked for", _temporary),
    Rule("pids", "limit", "no limit of processes", lambda t, _: 0 < _host(t)["PidsLimit"] <= PIDS),
    Rule("memory", "limit", "no limit of memory and swap", _memory),
    Rule("cpu", "limit", "no limit of processors", lambda t, _: _host(t)["NanoCpus"] > 0),
    Rule("ulimits", "limit", "other limits of files than 64 GiB and 8,192 open", _ulimits),
    Rule("ending", "limit", "it has no init, or does not end for good", _ending),
    Rule("log", "limit", "the engine keeps a log without bounds, or one that it should not", _log),
)
"""All 26."""
