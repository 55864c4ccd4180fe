"""What the target says in the words of the analysed code: version, platform, operating system."""

from __future__ import annotations

__all__ = ["OS_NAME", "PLATFORM_SYSTEM", "SYS_PLATFORM", "version_of"]

# Images are Linux containers, whatever the host is.
SYS_PLATFORM = "linux"
OS_NAME = "posix"
PLATFORM_SYSTEM = "Linux"


def version_of(python: str) -> tuple[int, int]:
    """Read a Python version: ``3.11`` or ``3.11.4`` gives (3, 11). Raises ValueError."""
    major, minor = python.split(".")[:2]
    return int(major), int(minor)
