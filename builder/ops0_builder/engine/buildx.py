"""The ``docker buildx`` program: its progress goes line by line into a reader, on the caller's own thread."""

from __future__ import annotations

import os
import queue
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from ops0.host import process
from ops0.host.engine_address import client_folder
from ops0.host.folders import can_be_written, state_dir
from ops0_builder.build_errors import BuildxUnusable
from ops0_builder.engine.docker_command import run_docker
from ops0_builder.engine.rawjson import BuildKitEvent, RawJson

_OLDEST = (0, 13)
"""The first with ``--progress=rawjson``."""


def buildx_settings(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Variables that give buildx a folder of ops0's where this user cannot write to its own; none where it can.

    It keeps what it has last built with below the client's folder, and ends where it cannot: a user of a service, or a
    container, has often no home.
    source: https://docs.docker.com/build/building/variables/#buildx_config
    """
    if environ.get("BUILDX_CONFIG") or can_be_written(client_folder(environ) / "buildx"):
        return {}
    return {"BUILDX_CONFIG": str(state_dir() / "buildx")}


def run_buildx(
    argv: tuple[str, ...],
    reader: RawJson,
    *,
    folder: Path,
    document: bytes = b"",
    extra: Mapping[str, str] = MappingProxyType({}),
    on_event: Callable[[BuildKitEvent], None] = lambda _event: None,
) -> int:
    """Run one buildx command with ``--progress=rawjson`` to its end and give its exit code.

    document: what it reads on stdin;  extra: variables beside those of the environment
    raises:   BuildxUnusable where there is no ``docker`` command
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    environ = {**os.environ, **buildx_settings(os.environ), **extra}
    try:
        program = process.start(argv, cwd=folder, env=environ)
    except process.ProgramMissing:
        raise BuildxUnusable from None
    try:
        assert program.popen.stdout is not None  # noqa: S101 - start() gives pipes
        assert program.popen.stderr is not None  # noqa: S101
        program.read_lines(program.popen.stdout, lines.put)
        program.read_lines(program.popen.stderr, lines.put)
        program.send(document)
        for line in _lines_until_end(program, lines):
            for event in reader.read(line):
                on_event(event)
        return program.popen.returncode
    finally:
        program.close()


def _lines_until_end(program: process.Program, lines: queue.SimpleQueue[str]) -> Iterator[str]:
    """All that a program says, as it comes; when they are at their end, it has ended."""
    ended = False
    while True:
        try:
            line = lines.get(timeout=0.05)
        except queue.Empty:
            if ended:
                return
            if program.popen.poll() is not None:
                program.wait()  # the readers hand on what is left
                ended = True
            continue
        yield line


def buildx_fault() -> BuildxUnusable | None:
    """What is wrong with the plugin, asked only after a failure: the question itself takes 100 ms."""
    try:
        done = run_docker("buildx", "version", timeout=30)
    except BuildxUnusable as fault:
        return fault
    except process.ProgramTimeout as fault:
        return BuildxUnusable(str(fault))
    if done.code != 0:
        return BuildxUnusable("the plugin is not installed")
    version = re.search(r"v?(\d+)\.(\d+)", done.out)
    if version and (int(version[1]), int(version[2])) < _OLDEST:
        return BuildxUnusable(f"{version[0]} is too old")
    return None
