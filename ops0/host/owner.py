"""Who owns what ops0 has made: a lease that anybody on the same machine can test without asking the owner.

A run or build that was killed leaves containers, volumes, tags and processes behind. Each carries its owner; when
the owner is certainly gone, anybody may remove them. "Certainly": the same machine, and either a boot that is over
(``boots.py``), or the same process-id space in which that process no longer is. An owner elsewhere is never judged.

Several ops0 may share one engine, each with a state folder of its own: other users, CI jobs, other tools. Only the
folder that holds a run's log knows whether somebody will go on with it, so each cleans up after itself; what others
left goes when it is a day old, for their folder may be gone.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ops0.core.digest import sha256
from ops0.core.folders import state_dir
from ops0.host.boots import hold_boot, is_over

OWNER_LABEL = "ops0.owner"
"""The label that names the owner of a container or volume."""
_STATE_LABEL = "ops0.state"
"""The label that tells its owner's state folder from others."""
OTHERS_SECONDS = 24 * 3600.0
"""The age at which anybody may remove what an ops0 with another state folder left."""

_PROC = Path("/proc")


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """One process of one machine.

    machine: a digest that tells machines apart;  boot: the kernel's boot id;  space: the process-id namespace
    state:   a digest that tells the state folders of a machine apart; "" where nobody said
    pid:     process id in that space;  started: clock ticks from boot to its start, so that a reused pid differs
    """

    machine: str
    boot: str
    space: str
    pid: int
    started: int
    state: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.machine}/{self.boot}/{self.space}/{self.pid}/{self.started}"


def owner_labels(owner: Owner) -> dict[str, str]:
    """What a container or volume carries of its owner."""
    return {OWNER_LABEL: str(owner), _STATE_LABEL: owner.state}


def parse_owner(text: str) -> Owner | None:
    """The owner that a label names, or None for text that names none."""
    parts = text.strip().split("/")
    if len(parts) != 5 or not (parts[3].isdecimal() and parts[4].isdecimal()):
        return None
    machine, boot, space, pid, started = parts
    return Owner(machine=machine, boot=boot, space=space, pid=int(pid), started=int(started))


def take_lease() -> Owner:
    """Become an owner: noted in the state folder, so that what this process leaves can be judged at the next boot."""
    owner = this_process()
    hold_boot(owner.boot)
    return owner


def this_process() -> Owner:
    """The process that asks."""
    pid = os.getpid()
    return Owner(
        machine=_machine(),
        boot=_line(_PROC / "sys/kernel/random/boot_id"),
        space=_space(),
        pid=pid,
        started=process_start(pid) or 0,
        state=_state(),
    )


def is_gone(owner: Owner, asker: Owner) -> bool:
    """Whether the owner is certainly gone, as far as the asker can tell."""
    if owner.machine != asker.machine:
        return False
    if owner.boot != asker.boot:
        return is_over(owner.boot)
    if owner.space != asker.space:
        return False
    return process_start(owner.pid) != owner.started and not _is_hidden(owner.pid)


def is_left(
    labels: Mapping[str, str], created: float, asker: Owner, now: float, *, others: bool = False
) -> bool:
    """Whether what carries these labels was left by an ops0 that is gone, and the asker may remove it.

    created: seconds since 1970, as now;  others: also what other state folders left less than a day ago
    """
    owner = parse_owner(labels.get(OWNER_LABEL, ""))
    if owner is None or not is_gone(owner, asker):
        return False
    own = labels.get(_STATE_LABEL) == asker.state
    return own or others or created < now - OTHERS_SECONDS


def process_start(pid: int) -> int | None:
    """When a process started, in clock ticks from boot; None where there is no such process (or only its remains)."""
    text = _line(_PROC / str(pid) / "stat")
    # The program's name stands in brackets and may hold anything, brackets too: read behind the last one.
    fields = text.rpartition(")")[2].split()
    if len(fields) < 20 or fields[0] in ("Z", "X"):
        return None
    return int(fields[19])


def _is_hidden(pid: int) -> bool:
    """Whether there is a process of which ``/proc`` says nothing: another user's, where it is mounted with hidepid."""
    if (_PROC / str(pid)).exists():
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _machine() -> str:
    name = _line(Path("/etc/machine-id")) or socket.gethostname()
    return sha256(name.encode())[:12]


def _state() -> str:
    place = f"{os.getuid()}:{state_dir().resolve()}"
    return sha256(place.encode("utf-8", "surrogateescape"))[:12]


def _space() -> str:
    with suppress(OSError):
        return str((_PROC / "self/ns/pid").readlink()).strip("pid:[]")
    return "0"


def _line(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace").strip()
    return ""
