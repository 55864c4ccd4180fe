"""The files that are data: Dockerfile templates, the base's recipe and scripts."""

from __future__ import annotations

from pathlib import Path

_INSTALLED = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parent.parent.parent
_IN_CHECKOUT = {
    "Dockerfile.base": "Dockerfile.base",
    "base-image.sh": "scripts/base-image.sh",
    "base-rootfs.sh": "scripts/base-rootfs.sh",
    "templates": "runtime_images/templates",
}


def resource(name: str) -> Path:
    """Where a resource stands: in the installed package, or in the checkout of an editable install.

    raises: FileNotFoundError, which means a broken installation
    """
    for path in (_INSTALLED / name, _CHECKOUT / _IN_CHECKOUT[name]):
        if path.exists():
            return path
    raise FileNotFoundError(f"ops0 is not installed whole: {name} is missing")
