"""Files of this machine into a volume: the Engine may be on another one, and mounts no folder of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops0.runtime.engines.archives import packed
from ops0.runtime.engines.docker_api import DockerApi
from ops0.runtime.engines.profile import filler_config


@dataclass(frozen=True, slots=True)
class Filling:
    """Files that go into a volume. ``target``: where it is mounted;  below: the folder in it, "": its root."""

    volume: str
    target: str
    below: str
    folder: Path


def fill(api: DockerApi, name: str, image: str, who: Mapping[str, str], filling: Filling) -> None:
    """Through a container of that name and those labels that is never started. Raises EngineError, OSError."""
    api.create_container(name, filler_config(image, who, filling.volume, filling.target))
    try:
        with packed(filling.folder, filling.below) as archive:
            api.put(name, filling.target, archive)
    finally:
        api.remove_container(name)
