"""What can go wrong with folders, files and addresses that requirements name."""

from __future__ import annotations

from ops0.core.errors import LockError


class SourceGone(LockError):
    """What a wheel is built from is not there, or is another than is locked, and the wheel is not here either."""

    exit_code = 26

    def __init__(self, distribution: str, place: str, fact: str) -> None:
        super().__init__(
            f"{distribution}: {place}: {fact}",
            "check it out there, and lock anew where it has changed: `ops0 lock`; or carry its wheel: "
            "`ops0 lock --wheelhouse DIR` where it is, `ops0 build --wheelhouse DIR` here",
        )
        self.distribution, self.place = distribution, place


class WheelUnfit(LockError):
    """The wheel that comes of a folder or file does not run where the image does: it holds compiled code."""

    exit_code = 25

    def __init__(self, distribution: str, place: str, filename: str, target: str) -> None:
        super().__init__(
            f"{distribution}: {place} gives {filename} on this machine, and the image has {target}",
            "build its wheel for that, as cibuildwheel does, and name the file: "
            f"{distribution} @ file:wheels/NAME.whl; or lock on such a machine",
        )
        self.distribution, self.place, self.filename = distribution, place, filename


class FileUnfit(LockError):
    """A file is called as another distribution's than its requirement names, or as one that the image cannot have."""

    exit_code = 25

    def __init__(self, distribution: str, place: str, fact: str, hint: str) -> None:
        super().__init__(f"{distribution}: {place}: {fact}", hint)
        self.distribution, self.place, self.fact = distribution, place, fact


class SourceBuildFailed(LockError):
    """A source archive, folder or repository gave no wheel."""

    exit_code = 28

    def __init__(self, distribution: str, fact: str, said: str = "") -> None:
        super().__init__(
            f"{distribution}: its source gave no wheel: {fact}\n{said}".rstrip(),
            "where it lacks a compiler, headers or a program, install that on this machine, as a -dev package; "
            "or ask for a version that has a wheel, or publish one on your index",
        )
        self.distribution, self.said = distribution, said
