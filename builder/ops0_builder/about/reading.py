"""What an image holds that the engine cannot run: the files that tell it are taken out of it, and probed here."""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path
from typing import IO, cast

from ops0.host import process
from ops0.host.engine_socket import EngineSocket
from ops0.host.engine_streams import AnswerBody, download
from ops0.host.temporary import temporary_folder
from ops0_builder.about.contents import PROBE, WANTED, Unreadable
from ops0_builder.bases.foreign import never_run

SECONDS = 120.0
LARGEST = 64 << 20
"""Bytes of a file that is read. The record of all packages of a full Debian has 5 MB."""


def read_foreign(engine: EngineSocket, image: str, platform: str) -> str:
    """The probe's answer for an image of another platform; nothing of it is run.

    raises: Unreadable, EngineError
    """
    with (
        never_run(engine, image, platform) as container,
        temporary_folder("read") as folder,
    ):
        with download(engine, f"/containers/{container}/export") as body:
            try:
                take_out(body, folder)
            except tarfile.TarError as fault:
                raise Unreadable(f"the engine's archive cannot be used: {fault}") from None
        return probe(folder)


def take_out(archive: AnswerBody | IO[bytes], folder: Path) -> None:
    """Write what the probe reads into a folder; links are not followed. Raises TarError, Unreadable."""
    with tarfile.open(fileobj=cast("IO[bytes]", archive), mode="r|") as members:
        for member in members:
            name = member.name.removeprefix("./")
            data = (
                members.extractfile(member) if member.isreg() and WANTED.fullmatch(name) else None
            )
            if data is None:
                continue
            if member.size > LARGEST:
                raise Unreadable(f"{name} has {member.size} bytes")
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.read())


def probe(folder: Path) -> str:
    """The probe's answer for what was taken out. Raises Unreadable."""
    try:
        ended = process.run((sys.executable, "-IBc", PROBE, str(folder)), timeout=SECONDS)
    except process.ProgramTimeout as fault:
        raise Unreadable(str(fault)) from None
    if ended.code != 0:
        raise Unreadable(ended.err.strip()[-300:])
    return ended.out
