"""An engine of one's own that may die: its processes by pid, and only its own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from driver.second_engine import START, copy_image

BASE = "ops0-base:3.11"


class Mortal:
    """A dockerd with its own containerd, that can be killed and started again on the same data."""

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self.folder, self.data = folder, data or folder / "data"
        self.address = f"unix://{folder}/docker.sock"
        self._daemon: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; its namespaces are new each time."""
        (self.folder / "docker.pid").unlink(missing_ok=True)
        argv = [
            "unshare", "--net", "--mount", "sh", "-c", START, "sh", "dockerd",
            "--config-file", str(self._config()), "--host", self.address,
            "--data-root", str(self.data), "--exec-root", str(self.folder / "exec"),
            "--pidfile", str(self.folder / "docker.pid"), "--bridge", "none",
            "--iptables=false", "--ip6tables=false",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._daemon = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + 90
        while self.docker("version", check=False).returncode != 0:
            if self._daemon.poll() is not None or time.monotonic() > end:
                raise AssertionError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.1)

    def _config(self) -> Path:
        path = self.folder / "daemon.json"
        path.write_text('{"features": {"containerd-snapshotter": true}}')
        return path

    def docker(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        argv = ["docker", "--host", self.address, *words]
        return subprocess.run(argv, capture_output=True, text=True, check=check, timeout=120)

    def pid_of_a_step(self, run: str) -> int:
        """The process of a container of a run that has been told to go: the one that was made first."""
        names = self.docker("ps", "-q", "--filter", f"label=ops0.run={run}").stdout.split()
        oldest = names[-1]  # docker ps lists the newest first
        return int(self.docker("inspect", "-f", "{{.State.Pid}}", oldest).stdout)

    def processes(self, program: str) -> list[int]:
        """The pids of a program that this engine started: below its daemon, or with its folder in the command."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                name = (entry / "comm").read_text().strip()
                mine = any(os.fsencode(str(self.folder)) in word for word in words)
                if mine and name == program[:15]:
                    found.append(int(entry.name))
        return found

    def kill(self, program: str = "dockerd") -> None:
        """SIGKILL to its dockerd or containerd."""
        pids = self.processes(program)
        assert pids, f"no {program} of this engine"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        if program == "dockerd" and self._daemon is not None:
            self._daemon.wait(30)

    def stop(self) -> None:
        """End all of it: containers first, so that no shim outlives it."""
        if self._daemon is not None and self._daemon.poll() is None:
            ids = self.docker("ps", "-aq", check=False).stdout.split()
            if ids:
                self.docker("rm", "-f", *ids, check=False)
            self._daemon.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._daemon.wait(30)
        for program in ("dockerd", "containerd", "containerd-shim-runc-v2"):
            for pid in self.processes(program):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@contextmanager
def mortal(folder: Path, data: Path | None = None) -> Iterator[Mortal]:
    """An engine that has the base image."""
    engine = Mortal(folder, data)
    engine.start()
    try:
        copy_image(BASE, engine.address)
        yield engine
    finally:
        engine.stop()
