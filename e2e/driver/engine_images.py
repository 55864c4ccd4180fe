"""The engine's images, asked of its own client."""

from __future__ import annotations

from docker_client import docker


def images_of(pipeline: str) -> list[str]:
    """The names of all images of a pipeline, of its bundles too."""
    return docker("images", f"*/{pipeline}/*", "--format", "{{.Repository}}:{{.Tag}}").split()
