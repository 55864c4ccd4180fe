"""Who owns what ops0 has made: a lease that anybody on the same machine can test without asking the owner.

A run or build that was killed leaves containers, volumes, tags and processes behind. Each carries its owner; when
the owner is certainly gone, anybody may remove them. "Certainly": the same machine, and either an earlier boot, or
the same process-id space in which that process no longer is. An owner elsewhere is never judged.
"""

from __future__ import annotations

import hashlib
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

OWNER_LABEL = "ops0.owner"
"""The label that names the owner of a container or volume."""

_PROC = Path("/proc")


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """One process of one machine.

    machine: a digest that tells machines apart;  boot: the kernel's boot id;  space: the process-id namespace
    pid:     process id in that space;  started: clock ticks from boot to its start, so that a reused pid differs
    """

    machine: str
    boot: str
    space: str
    pid: int
    started: int

    def __str__(self) -> str:
        return f"{self.machine}/{self.boot}/{self.space}/{self.pid}/{self.started}"


def parse_owner(text: str) -> Owner | None:
    """The owner that a label names, or None for text that names none."""
    parts = text.strip().split("/")
    if len(parts) != 5 or not (parts[3].isdecimal() and parts[4].isdecimal()):
        return None
    machine, boot, space, pid, started = parts
    return Owner(machine=machine, boot=boot, space=space, pid=int(pid), started=int(started))


def this_process() -> Owner:
    """The process that asks."""
    pid = os.getpid()
    return Owner(
        machine=_machine(),
        boot=_line(_PROC / "sys/kernel/random/boot_id"),
        space=_space(),
        pid=pid,
        started=process_start(pid) or 0,
    )


def is_gone(owner: Owner, asker: Owner) -> bool:
    """Whether the owner is certainly gone, as far as the asker can tell."""
    if owner.machine != asker.machine:
        return False
    if owner.boot != asker.boot:
        return True
    if owner.space != asker.space:
        return False
    return process_start(owner.pid) != owner.started


def process_start(pid: int) -> int | None:
    """When a process started, in clock ticks from boot; None where there is no such process (or only its remains)."""
    text = _line(_PROC / str(pid) / "stat")
    # The program's name stands in brackets and may hold anything, brackets too: read behind the last one.
    fields = text.rpartition(")")[2].split()
    if len(fields) < 20 or fields[0] in ("Z", "X"):
        return None
    return int(fields[19])


def _machine() -> str:
    name = _line(Path("/etc/machine-id")) or socket.gethostname()
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _space() -> str:
    with suppress(OSError):
        return str((_PROC / "self/ns/pid").readlink()).strip("pid:[]")
    return "0"


def _line(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(errors="replace").strip()
    return ""
