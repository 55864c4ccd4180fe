"""What can be wrong with a bundle.

::

    BundleError
    ├── NoBundle           82   the file is not there, or cannot be read
    ├── BundleDamaged      83   the file is no bundle, or not as it was written
    ├── BundleUnfit        84   a bundle that cannot be made, or not run as asked
    ├── NotLoaded          85   the engine took the images and has others
    ├── NoTools            86   tools.py: ops0's own wheels cannot be made or had
    ├── BundleNotSigned    87   signature.py: no signature beside it, or none by this key
    └── NoOpenssl          88   signature.py: nothing that can check a signature
"""

from __future__ import annotations

from ops0.core.errors import BundleError

_COPY = "copy the bundle again, and compare its sha256 with the one that `bundle create` printed"


class NoBundle(BundleError):
    """The bundle is not there, or cannot be read."""

    exit_code = 82

    def __init__(self, path: str, fact: str) -> None:
        super().__init__(f"{path}: {fact}", "make one: `ops0 bundle create -o FILE.ops0`")
        self.path, self.fact = path, fact


class BundleDamaged(BundleError):
    """A file that is no bundle, or no longer as it was written. Nothing of it has been used."""

    exit_code = 83

    def __init__(self, path: str, fact: str, hint: str | None = None) -> None:
        super().__init__(f"{path}: {fact}", hint or _COPY)
        self.path, self.fact = path, fact


class BundleUnfit(BundleError):
    """A bundle that cannot be made so, or cannot be run as it was asked for."""

    exit_code = 84

    def __init__(self, place: str, fact: str, hint: str) -> None:
        super().__init__(f"{place}: {fact}", hint)
        self.place, self.fact = place, fact


class NotLoaded(BundleError):
    """The engine took a bundle's images and has something else under their names."""

    exit_code = 85

    def __init__(self, tag: str, wanted: str, found: str | None) -> None:
        super().__init__(
            f"{tag}: the bundle holds {wanted}, the engine has {found or 'no such image'}",
            "look at the engine's own log; its image store may be damaged",
        )
        self.tag, self.wanted, self.found = tag, wanted, found
