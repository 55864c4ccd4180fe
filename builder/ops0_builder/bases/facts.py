"""What a base image is, asked from itself once and remembered by its digest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops0.host.engine_socket import EngineSocket
from ops0_builder.build_errors import BaseUnfit
from ops0_builder.notes import read_note, write_note

VERSION = 1
OLDEST = (3, 8)
PYTHON = re.compile(r"3\.\d{1,2}", re.ASCII)
"""How a Python is named."""

# Runs in the base on its own Python. The packages: dpkg's record, or the control files where there is no dpkg.
PROBE = """
import glob, json, os, platform, sys
def confstr():
    try: said = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError): said = ""
    return said or ("musl" if glob.glob("/lib/ld-musl-*.so.1") else "")
def release():
    facts = {}
    for name in ("/etc/os-release", "/usr/lib/os-release"):
        if os.path.exists(name):
            for line in open(name, encoding="utf-8", errors="replace"):
                key, _, value = line.strip().partition("=")
                facts.setdefault(key, value.strip('"'))
    return [facts.get("ID", ""), facts.get("VERSION_CODENAME", "")]
def packages():
    found = set()
    for name in ["/var/lib/dpkg/status", *glob.glob("/var/lib/dpkg/status.d/*")]:
        if os.path.isfile(name) and not name.endswith(".md5sums"):
            for block in open(name, encoding="utf-8", errors="replace").read().split("\\n\\n"):
                fields = dict(l.split(": ", 1) for l in block.splitlines() if ": " in l and l[0] != " ")
                whole = "Ops0-Programs" not in fields
                if whole and fields.get("Package") and "installed" in fields.get("Status", "installed").split():
                    found.add(fields["Package"])
    return sorted(found)
print(json.dumps({"v": 1, "python": list(sys.version_info[:2]), "libc": confstr(),
    "machine": platform.machine(), "release": release(), "packages": packages()}))
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class BaseFacts:
    """What a base says of itself. ``glibc`` is None where it has another C library, ``libc`` is what it says of it."""

    python: tuple[int, int]
    libc: str
    glibc: tuple[int, int] | None
    machine: str
    release: tuple[str, str]
    packages: tuple[str, ...]


def base_facts(engine: EngineSocket, reference: str, digest: str, folder: Path) -> BaseFacts:
    """The facts of one image; from ``folder`` if they were asked before, else by running it once.

    raises: BaseUnfit, EngineError
    """

    def ask() -> str:
        from ops0_builder.engine.once import run_once  # noqa: PLC0415 - once for each base

        probe = ("python3", "-IBc", PROBE)
        ended = run_once(engine, digest, probe, labels={"ops0.kind": "probe"}, timeout=120)
        if ended.code != 0:
            raise BaseUnfit(reference, f"its python3 fails: {ended.err.strip()[-500:]}")
        return ended.out

    return noted_facts(reference, digest, folder, ask)


def noted_facts(reference: str, digest: str, folder: Path, ask: Callable[[], str]) -> BaseFacts:
    """The facts of one image by its note in ``folder``; ``ask`` gives the text where there is none, or a damaged one.

    raises: BaseUnfit, and what ``ask`` raises
    """
    note = folder / f"{digest.removeprefix('sha256:')}.json"
    with suppress(OSError, BaseUnfit):
        return read_facts(reference, read_note(note).decode("utf-8", "replace"))
    text = ask()
    facts = read_facts(reference, text)
    write_note(note, text.encode())
    return facts


def read_facts(reference: str, text: str) -> BaseFacts:
    """Read the probe's answer. Raises BaseUnfit. Pure."""
    try:
        value: Any = json.loads(text)
        {VERSION: None}[value["v"]]  # another version is as unreadable as no version
        major, minor = (int(part) for part in value["python"])
        release = (str(value["release"][0]), str(value["release"][1]))
        return BaseFacts(
            python=(major, minor),
            libc=str(value["libc"]),
            glibc=_glibc(str(value["libc"])),
            machine=str(value["machine"]),
            release=release,
            packages=tuple(str(name) for name in value["packages"]),
        )
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        raise BaseUnfit(reference, f"its python3 gave no readable answer ({fault!r})") from None


def _glibc(text: str) -> tuple[int, int] | None:
    name, _, version = text.partition(" ")
    if name != "glibc":
        return None
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
