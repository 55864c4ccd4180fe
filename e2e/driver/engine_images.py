"""The engine's images, asked of its own client."""

from __future__ import annotations

import subprocess


def docker(*words: str) -> str:
    """What the client prints. Raises CalledProcessError where it fails."""
    argv = ("docker", *words)
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True).stdout


def images_of(pipeline: str) -> list[str]:
    """The names of all images of a pipeline, of its bundles too."""
    return docker("images", f"*/{pipeline}/*", "--format", "{{.Repository}}:{{.Tag}}").split()
