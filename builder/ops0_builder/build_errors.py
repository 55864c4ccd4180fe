"""What can go wrong between a plan and its images: one class and one exit code a kind.

::

    PlanError
    ├── NameUnfit          31   a name that no image can carry
    ├── NoBase             32   no base image for that Python, and nowhere to get one
    ├── BaseUnfit          33   an image that no step can stand on
    └── DataFileGone       34   a data file that a step opens is not there
    BuildError
    ├── StepBuildFailed    41   BuildKit could not build a step's image
    ├── ProofFailed        42   a built image cannot import what its step needs
    ├── BuildxUnusable     43   docker buildx is missing or too old
    ├── SystemFetchFailed  44   Debian packages could not be had
    ├── BaseBuildFailed    45   a base image could not be made
    ├── BaseMoved          45   a base's tag names another image than when the build was planned
    ├── WheelGone          46   a locked wheel is not in the wheelhouse
    ├── BuildsDiffer       47   two builds without cache gave different images
    └── CheckUnreadable    48   the engine did not give the images out, to be compared
"""

from __future__ import annotations

import re

from ops0.core.errors import BuildError, PlanError
from ops0.core.few import few
from ops0.core.pipeline import Step, StepName

_ENDED = re.compile(r"^process .* did not complete successfully: ", re.DOTALL)
"""What BuildKit repeats of an instruction before its exit code."""
_NAMED = 5
"""Steps that an error names: the others of a hundred are told by their number."""
FROM_DEBIAN = ("3.11", "3.13", "3.14")
"""The Pythons that scripts/base-image.sh can make a base of without a registry."""


class NameUnfit(PlanError):
    """A name that no image, label or Dockerfile can carry."""

    exit_code = 31

    def __init__(self, place: str, kind: str, name: str) -> None:
        super().__init__(
            f"{place}: {kind} name {name!r}: use letters, digits, '.', '_' and '-', "
            "starting with a letter or digit, at most 63",
            f'give the {kind} another: @ops0.{kind}(name="…")',
        )
        self.kind, self.name = kind, name


class NoBase(PlanError):
    """No base image for that Python on this engine, and no registry to pull one from."""

    exit_code = 32

    def __init__(self, place: str, python: str, tried: str) -> None:
        super().__init__(
            f"{place}: no base image for Python {python} ({tried})",
            f"make one from Debian's packages: `ops0 base --python {python}`"
            if python in FROM_DEBIAN
            else f"make one from an image that has it: `ops0 base --python {python} --from IMAGE`; "
            f"or ask for one that Debian has: {', '.join(FROM_DEBIAN)}",
        )
        self.python = python


class BaseUnfit(PlanError):
    """An image that no step can stand on."""

    exit_code = 33

    def __init__(self, reference: str, fact: str, hint: str | None = None) -> None:
        super().__init__(
            f"base image {reference}: {fact}",
            hint or "take an image with Python >= 3.8 and glibc, as python:3.11-slim",
        )
        self.reference, self.fact = reference, fact


class DataFileGone(PlanError):
    """A data file that a step opens by name is not in the project."""

    exit_code = 34

    def __init__(self, step: StepName, path: str, place: str) -> None:
        super().__init__(f"{place}: step {step} opens {path}, which is not in the project")
        self.step, self.path = step, path


class StepBuildFailed(BuildError):
    """BuildKit could not build.

    instruction: the one that failed;  log: its last lines
    layer:       what it was to make, for people: ``pandas 2.2.1``; "" for what is no layer's
    """

    exit_code = 41

    def __init__(
        self,
        steps: tuple[StepName, ...],
        instruction: str,
        fact: str,
        log: str,
        *,
        layer: str = "",
    ) -> None:
        whose = few(steps, _NAMED) or "all steps"
        what = f"{layer} could not be laid out" if layer else instruction
        tail = f"\n{log}" if log else ""
        shown = "`ops0 build --print` writes the Dockerfiles"
        super().__init__(
            f"image of {whose}: {what}: {_ENDED.sub('', fact)}{tail}",
            f"ask for another version of what is named above; {shown}" if layer else shown,
        )
        self.steps, self.instruction, self.fact, self.log = steps, instruction, fact, log
        self.layer = layer


class ProofFailed(BuildError):
    """A built image cannot import what its step needs. Its tag was not given."""

    exit_code = 42

    def __init__(self, step: Step, module: str, error: str, hint: str, log: str = "") -> None:
        need = next((need for need in step.needs if module in need.imports), None)
        reason = str(need.reasons[0].where if need else step.where)
        tail = f"\n{log}" if log else ""
        super().__init__(
            f"{reason}: step {step.name} needs `{module}`, its image cannot import it: {error}{tail}",
            hint,
        )
        self.step, self.module, self.reason, self.error = step.name, module, reason, error


class BuildxUnusable(BuildError):
    """The ``docker`` command or its buildx plugin is missing or too old."""

    exit_code = 43

    def __init__(self, fact: str = "there is no `docker` command") -> None:
        super().__init__(
            f"docker buildx: {fact}",
            "install Docker's command and its buildx plugin 0.13 or newer (Debian: docker-cli docker-buildx); "
            "`ops0 doctor` shows what is there",
        )
        self.fact = fact


class SystemFetchFailed(BuildError):
    """Debian packages of a step could not be had on this machine."""

    exit_code = 44

    def __init__(self, packages: tuple[str, ...], fact: str, hint: str) -> None:
        super().__init__(f"system packages {', '.join(packages)}: {fact}", hint)
        self.packages, self.fact = packages, fact


_BASE_NEEDS = "a base needs glibc, and a Python 3.8 or newer that is called python3 on its PATH"


class BaseBuildFailed(BuildError):
    """A base image could not be made."""

    exit_code = 45

    def __init__(self, reference: str, log: str, hint: str = _BASE_NEEDS) -> None:
        super().__init__(f"base image {reference} could not be made:\n{log}", hint)
        self.reference, self.log = reference, log


class BaseMoved(BuildError):
    """The tag of a base names another image than when the build was planned. No image got its tag."""

    exit_code = 45

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"base image {reference} was replaced while images were built on it",
            "build again, once nothing else makes or pulls it",
        )
        self.reference = reference


class WheelGone(BuildError):
    """A locked wheel is not in the wheelhouse."""

    exit_code = 46

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"{filename}: not in the wheelhouse", "`ops0 lock` fetches it; then build again"
        )
        self.filename = filename


class BuildsDiffer(BuildError):
    """Two builds without cache gave different images. ``steps``: whose."""

    exit_code = 47

    def __init__(self, steps: tuple[StepName, ...], of: int) -> None:
        super().__init__(
            f"{len(steps)} of {of} images differ between two builds without cache: {', '.join(steps)}",
            "the differing files are listed by layer; where a package's layer differs, pin another version of it; "
            "where another one does, it is a fault of ops0: please report it",
        )
        self.steps = steps


class CheckUnreadable(BuildError):
    """The engine did not give two differing images out, so their files could not be compared."""

    exit_code = 48

    def __init__(self, fact: str) -> None:
        super().__init__(
            f"the images differ, and their files cannot be compared: {fact}",
            "is there room in ops0's cache folder for both images? `ops0 doctor` shows how much there is",
        )
        self.fact = fact
