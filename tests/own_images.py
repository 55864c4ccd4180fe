"""The images of a test's own pipeline, on an engine that tests beside it use too."""

from __future__ import annotations

import subprocess


def remove_images(name: str) -> None:
    """Remove all images of a pipeline.

    None but its own are listed: an engine that lists all of them fails where somebody removes one meanwhile.
    """
    listed = ["docker", "images", f"ops0/{name}/*", "--format", "{{.Repository}}:{{.Tag}}"]
    tags = subprocess.run(listed, capture_output=True, text=True, check=False).stdout.split()
    if tags:
        subprocess.run(["docker", "image", "rm", *tags], capture_output=True, check=False)
