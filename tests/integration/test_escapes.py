"""Forty ways out of a step's container, tried in a real one: none succeeds. Where the walls are down, they do."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from driver.command import OPS0

pytestmark = pytest.mark.docker
BASE = "ops0-base:3.11"

PROBES = r"""
import ctypes, os, platform, resource, socket, subprocess, sys, time
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
NUMBERS = {  # x86-64, then arm64
    "pivot_root": (155, 41), "init_module": (175, 105), "kexec_load": (246, 104), "keyctl": (250, 219),
    "perf_event_open": (298, 241), "open_by_handle_at": (304, 265), "bpf": (321, 280), "userfaultfd": (323, 282),
}

def libc(name, *arguments):
    ctypes.set_errno(0)
    if getattr(LIBC, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)

def kernel(name, *arguments):
    ctypes.set_errno(0)
    number = NUMBERS[name][platform.machine() == "aarch64"]
    if LIBC.syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), name)

def writes(path, data="1"):
    with open(path, "r+" if os.path.exists(path) else "w") as file:
        file.write(data)

def reads(path):
    with open(path, "rb") as file:
        file.read(16)

def device(path, kind, major, minor):
    os.mknod(path, kind | 0o600, os.makedev(major, minor))

def program_in(folder):
    path = Path(folder) / "program"
    path.write_text("#!/bin/sh\nexit 0\n")
    os.chmod(path, 0o755)
    subprocess.run([str(path)], check=True)

def becomes_root_by_setuid():
    path = "/tmp/root-shell"
    Path(path).write_text("#!/bin/sh\n")
    os.chown(path, 0, 0)
    os.chmod(path, 0o4755)

def packet():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)).close()

def raw():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()

def aside(call, *arguments):
    # In a child, so that what follows is tried from where it was.
    child = os.fork()
    if child == 0:
        os._exit(0 if getattr(LIBC, call)(*arguments) == 0 else 1)
    if os.waitpid(child, 0)[1]:
        raise OSError(call)

def a_namespace(kind):
    aside("unshare", kind)

def into_namespace(name):
    with open(f"/proc/1/ns/{name}") as space:
        libc("setns", space.fileno(), 0)

def too_many_files():
    held = [open("/dev/null") for _ in range(20_000)]

def too_large_a_file():
    with open("/tmp/large", "wb") as file:
        file.truncate(1 << 40)

NEW_USER, NEW_MOUNT, NEW_NET, NEW_PID = 0x10000000, 0x20000, 0x40000000, 0x20000000

SAFE = {  # these may also be tried where they succeed
    "writes to the root": lambda: writes("/root-file"),
    "writes to /etc/passwd": lambda: writes("/etc/passwd", ""),
    "writes to /usr/bin": lambda: writes("/usr/bin/x"),
    "becomes root": lambda: os.setuid(0) if os.getuid() else None,
    "takes another group": lambda: os.setgroups([0]),
    "gives a file to root, setuid": becomes_root_by_setuid,
    "makes a block device": lambda: device("/tmp/disk", 0o060000, 8, 0),
    "makes a memory device": lambda: device("/tmp/mem", 0o020000, 1, 1),
    "mounts": lambda: libc("mount", b"none", b"/home", b"tmpfs", 0, None),
    "changes its root": lambda: aside("chroot", b"/tmp"),
    "makes a mount namespace": lambda: a_namespace(NEW_MOUNT),
    "makes a user namespace": lambda: a_namespace(NEW_USER | NEW_MOUNT),
    "makes a network namespace": lambda: a_namespace(NEW_NET),
    "makes a process namespace": lambda: a_namespace(NEW_PID),
    "changes the host name": lambda: socket.sethostname("x"),
    "opens a packet socket": packet,
    "opens a raw socket": raw,
    "raises its priority": lambda: os.nice(-5),
    "raises its limits": lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 1 << 30)),
    "runs a program from /tmp": lambda: program_in("/tmp"),
    "runs a program from /dev/shm": lambda: program_in("/dev/shm"),
    "opens too many files": too_many_files,
    "writes a terabyte": too_large_a_file,
    "reaches the network": lambda: socket.create_connection(("192.0.2.1", 80), 1),
}
OTHERS = {
    "unmounts /proc": lambda: libc("umount2", b"/proc", 2),
    "pivots its root": lambda: kernel("pivot_root", b"/tmp", b"/tmp"),
    "enters the namespaces of pid 1": lambda: into_namespace("mnt"),
    "loads a kernel module": lambda: kernel("init_module", b"", 0, b""),
    "loads a kernel": lambda: kernel("kexec_load", 0, 0, None, 0),
    "reads the keyrings": lambda: kernel("keyctl", 0, -3, 0),
    "loads a kernel program": lambda: kernel("bpf", 5, None, 0),
    "samples the kernel": lambda: kernel("perf_event_open", None, 0, -1, -1, 0),
    "opens by handle": lambda: kernel("open_by_handle_at", -100, None, 0),
    "handles page faults": lambda: kernel("userfaultfd", 0),
    "sets the clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    "turns accounting on": lambda: libc("acct", b"/tmp/accounts"),
    "swaps": lambda: libc("swapon", b"/tmp/swap", 0),
    "switches ctrl-alt-del off": lambda: libc("reboot", 0),
    "writes to sysrq": lambda: writes("/proc/sysrq-trigger", "h"),
    "names a core handler": lambda: writes("/proc/sys/kernel/core_pattern", "|/tmp/x"),
    "loosens the kernel": lambda: writes("/proc/sys/kernel/randomize_va_space", "2"),
    "makes a cgroup": lambda: os.mkdir("/sys/fs/cgroup/escape"),
    "lifts its own limits": lambda: writes("/sys/fs/cgroup/memory/memory.limit_in_bytes", "-1"),
    "lifts its own limits, v2": lambda: writes("/sys/fs/cgroup/memory.max", "max"),
    "reads kernel memory": lambda: reads("/proc/kcore"),
    "reads the machine's memory": lambda: reads("/dev/mem"),
    "reads the kernel's log": lambda: reads("/dev/kmsg"),
    "sees the engine": lambda: os.stat("/var/run/docker.sock"),
    "sees containerd": lambda: os.stat("/run/containerd/containerd.sock"),
    "sees the engine's data": lambda: os.stat("/var/lib/docker"),
    "changes its own code": lambda: writes("/ops0/code/flow.py", "#"),
    "changes the runner": lambda: writes("/ops0/runner/ops0_runner/protocol.py", "#"),
    "changes what is run": lambda: writes("/ops0/step.json", "{"),
}

def tried(probes):
    found = {}
    for name, attempt in probes.items():
        try:
            attempt()
            found[name] = "done"
        except BaseException as fault:
            found[name] = f"{type(fault).__name__}: {fault}"[:120]
    return found
"""
FLOW = """
import ops0
from probes import OTHERS, SAFE, tried

@ops0.step
def escape():
    return tried({**SAFE, **OTHERS})
"""


def test_no_way_out_of_a_step(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    (tmp_path / "probes.py").write_text(PROBES)
    command = [OPS0, "run", "--containers", "--json", "flow.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["results"]["escape"]
    assert len(found) >= 40
    assert [name for name, what in found.items() if what == "done"] == []


def test_the_probes_are_ways_out_where_there_are_no_walls() -> None:
    """A probe that never succeeds proves nothing. Only those are tried that harm no machine."""
    argv = ["docker", "run", "--rm", "-i", "--privileged", "--user", "0", "--entrypoint", "python3"]
    text = f"import sys\n{PROBES}\nimport json\nprint(json.dumps(tried(SAFE)))\n"
    done = subprocess.run(
        [*argv, BASE, "-"], input=text, capture_output=True, text=True, check=True, timeout=120
    )
    found: dict[str, str] = json.loads(done.stdout)
    shut = {name: what for name, what in found.items() if what != "done"}
    # No route leads to a documentation address; a machine may have more files open, shut user namespaces, and mount
    # /dev/shm without programs.
    machine = {"opens too many files", "makes a user namespace", "runs a program from /dev/shm"}
    assert set(shut) <= {"reaches the network", "writes a terabyte", *machine}, shut
