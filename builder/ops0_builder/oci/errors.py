"""What can be wrong with images as files.

::

    BundleError
    └── ImagesUnreadable   81   what the engine gave is no image layout, or lacks what an image needs
"""

from __future__ import annotations

from ops0.core.errors import BundleError


class ImagesUnreadable(BundleError):
    """What the engine gave for images is no OCI image layout, or not whole."""

    exit_code = 81

    def __init__(self, what: str, fact: str) -> None:
        super().__init__(
            f"{what}: {fact}",
            "build the images again with `ops0 build --no-cache`; "
            "the engine must be Docker 25 or newer",
        )
        self.what, self.fact = what, fact
