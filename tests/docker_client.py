"""The engine's own client, as a person at a terminal uses it."""

from __future__ import annotations

import subprocess

SECONDS = 300
"""That one request may take: a build on a busy machine takes minutes."""


def docker(*words: str) -> str:
    """What the client prints, without its last line end."""
    done = subprocess.run(
        ("docker", *words), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.removesuffix("\n")
