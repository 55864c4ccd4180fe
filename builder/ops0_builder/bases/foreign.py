"""Images of another platform than the engine's: nothing in them is run, their files are copied out and read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops0.core.errors import HostError
from ops0.host.engine_socket import EngineSocket
from ops0.host.owner import owner_labels, take_lease
from ops0.host.process import ProgramTimeout
from ops0.host.temporary import temporary_folder
from ops0_builder.bases.facts import BaseFacts, noted_facts
from ops0_builder.build_errors import BaseUnfit, BuildxUnusable
from ops0_builder.engine.docker_command import run_docker
from ops0_builder.engine.once import once_body, remove_container

SECONDS = 600.0
_ABSENT = "Could not find the file"
_ROOM = (
    "is there room in the folder of temporary files, and does the engine still answer? then again"
)
_FACTS = "/ops0/base.json"
"""What a foreign base says of itself, as the probe of ``bases.facts`` would: templates/foreign-base.Dockerfile."""


def engine_platform(engine: EngineSocket) -> str:
    """What the engine runs, as ``linux/amd64``. Raises EngineError."""
    told = engine.call("GET", "/version").json()
    return f"{told['Os']}/{told['Arch']}"


def foreign_tag(python: str, platform: str) -> str:
    """The tag of the base of a platform: ``ops0-base:3.11-arm64``. Pure."""
    return f"ops0-base:{python}-{platform.partition('/')[2].replace('/', '-')}"


def foreign_facts(
    engine: EngineSocket, reference: str, digest: str, platform: str, folder: Path
) -> BaseFacts:
    """The facts of a foreign base; from ``folder`` if they were read before. Raises BaseUnfit, EngineError."""

    def read() -> str:
        with copied(engine, digest, platform, _FACTS) as path:
            if path is None:
                hint = "make it again: `ops0 base --platform`"
                raise BaseUnfit(reference, f"it has no {_FACTS}", hint)
            return path.read_text(encoding="utf-8")

    return noted_facts(reference, digest, folder, read)


@contextmanager
def copied(engine: EngineSocket, image: str, platform: str, path: str) -> Iterator[Path | None]:
    """A file or folder of an image, copied to this machine for as long as the block lasts; None where there is none.

    raises: EngineError, BuildxUnusable where there is no ``docker`` command, HostError where it cannot be copied
    """
    with (
        never_run(engine, image, platform) as container,
        temporary_folder("copied") as folder,
    ):
        target = folder / Path(path).name
        origin = f"{container}:{path}"
        try:
            done = run_docker("cp", "--quiet", origin, str(target), timeout=SECONDS)
        except ProgramTimeout as fault:
            raise BuildxUnusable(str(fault)) from None
        if done.code and _ABSENT not in done.err:
            fact = done.err.strip() or f"it ended with exit code {done.code}"
            raise HostError(f"docker cp {image}:{path}: {fact}", _ROOM)
        yield None if done.code else target


@contextmanager
def never_run(engine: EngineSocket, image: str, platform: str) -> Iterator[str]:
    """A container of an image that is there only to be read; gives its id, and removes it. Raises EngineError."""
    labels = {"ops0.kind": "probe", **owner_labels(take_lease())}
    body = once_body(image, ("/nothing-is-run",), labels)
    created = engine.call("POST", "/containers/create", query={"platform": platform}, body=body)
    container = str(created.json()["Id"])
    try:
        yield container
    finally:
        remove_container(engine, container)
