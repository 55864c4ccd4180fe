"""A second Docker Engine: own data, own sockets, own network and mounts. The first one never hears of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS = 60.0

# A containerd of the system's would be shared; with its folder hidden, the engine starts one of its own.
START = 'if [ -d /run/containerd ]; then mount -t tmpfs ops0-e2e /run/containerd; fi; exec "$@"'


def can_be_started() -> bool:
    """Whether this machine lets us start one: the program, and root."""
    return os.geteuid() == 0 and shutil.which("dockerd") is not None


@contextmanager
def second_engine(
    folder: Path,
    *,
    containerd: bool = True,
    prefix: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Iterator[str]:
    """Start an engine whose data are below ``folder``, and give its address, as ``DOCKER_HOST`` has it.

    It has a network namespace of its own: in the host's, without a bridge, it would remove the first engine's.

    containerd: keep images in containerd's store, not in overlay2;  prefix: the command that starts it
    options:    more of dockerd's
    """
    socket = folder / "docker.sock"
    features = {"features": {"containerd-snapshotter": containerd}}
    (folder / "daemon.json").write_text(json.dumps(features))
    argv = [*prefix, "unshare", "--net", "--mount", "sh", "-c", START, "sh", "dockerd", *options]
    argv += ["--config-file", str(folder / "daemon.json"), "--host", f"unix://{socket}"]
    argv += ["--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")]
    argv += ["--pidfile", str(folder / "docker.pid"), "--bridge", "none", "--iptables=false"]
    argv += ["--ip6tables=false"]
    argv += [
        "--group",
        str(Path("/var/run/docker.sock").stat().st_gid),
    ]  # who may use the first may use it
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(daemon, f"unix://{socket}", folder / "log")
        yield f"unix://{socket}"
    finally:
        daemon.terminate()
        with suppress(subprocess.TimeoutExpired):
            daemon.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()


def copy_image(tag: str, to: str) -> None:
    """Bring an image of the first engine to another one."""
    with subprocess.Popen(["docker", "save", tag], stdout=subprocess.PIPE) as saved:
        argv = ["docker", "--host", to, "load", "--quiet"]
        subprocess.run(argv, stdin=saved.stdout, check=True, capture_output=True)
    assert saved.returncode == 0


def _wait(daemon: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + SECONDS
    argv = ["docker", "--host", address, "version"]
    while subprocess.run(argv, capture_output=True, check=False).returncode != 0:
        if daemon.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"the second engine did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)
