"""What can go wrong between an import and a distribution. Analysis errors, so 10 to 19."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ops0.core.errors import AnalysisError
from ops0.core.pipeline import Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.places import shown

if TYPE_CHECKING:
    from ops0.core.requirements.tables import Absent


class UnknownImport(AnalysisError):
    """No declaration, installation or table says which distribution provides an import.

    candidates: what the name may have meant; shown, never installed
    real:       the import of the distribution of this very name, if it is known to have another: ``yaml``
    """

    exit_code = 12

    def __init__(
        self,
        module: str,
        where: Where,
        text: str,
        candidates: Sequence[str] = (),
        *,
        step: str = "",
        real: str | None = None,
    ) -> None:
        guess = f" (did you mean {' or '.join(candidates)}?)" if candidates else ""
        if real is not None:
            guess = f" (the distribution of that name is imported as `{real}`)"
        super().__init__(
            f"{where}: unknown import: no known package provides `{text}`{guess}",
            hint=f"{'correct the name; or ' if candidates else ''}"
            f'name it on step {step}, @ops0.requires("DISTRIBUTION"), or for the whole project: '
            f'"{module}" = "DISTRIBUTION" in [tool.ops0.imports] of pyproject.toml or [imports] of ops0.toml; '
            "if it is your own module, put it in the project",
        )
        self.module, self.where, self.real = module, where, real
        self.candidates = tuple(candidates)


class AbsentModule(UnknownImport):
    """An import of a module that the image's Python no longer has, does not have yet, or that Linux never had."""

    def __init__(self, module: str, where: Where, text: str, absent: Absent, step: str) -> None:
        ways = []
        if absent.provider:
            ways.append(f'@ops0.requires("{absent.provider}") on step {step} brings it back')
        if absent.instead:
            ways.append(f"import {absent.instead} instead")
        if absent.system:
            fact = f"exists on {absent.system} only, and images are Linux"
            ways.append("leave it out on other systems: `if sys.platform == ...:`")
        elif absent.until:
            fact = f"is not in Python {absent.until} and newer"
            ways.append("or give the step an older Python: @ops0.image(python=...)")
        else:
            fact = f"is in Python from {absent.since} on, not in this step's"
            ways.append(f'or give the step a newer one: @ops0.image(python="{absent.since}")')
        AnalysisError.__init__(
            self, f"{where}: `{text}`: {module} {fact}", hint="; ".join(ways).removeprefix("or ")
        )
        self.module, self.where, self.real = module, where, None
        self.candidates = (absent.provider,) if absent.provider else ()


class AmbiguousImport(AnalysisError):
    """Several distributions may provide an import and nothing says which one is meant."""

    exit_code = 13

    def __init__(self, module: str, where: Where, text: str, candidates: Sequence[str]) -> None:
        super().__init__(
            f"{where}: `{text}` may come from {' or '.join(candidates)}",
            hint=f'say which: @ops0.requires("{candidates[0]}") on the step, or for the whole project '
            f'[tool.ops0.imports] "{module}" = "{candidates[0]}"',
        )
        self.module, self.where, self.candidates = module, where, tuple(candidates)


class LocalInstallation(AnalysisError):
    """An import is provided by something installed from a folder or an address, which no index is known to have."""

    exit_code = 14

    def __init__(self, module: str, where: Where, distribution: str, origin: str) -> None:
        super().__init__(
            f"{where}: `{module}` comes from {distribution}, which is installed from {origin}, not from an index",
            hint="say where an image gets it: `-e FOLDER` in requirements.txt, "
            f'@ops0.requires("{distribution} @ file:FOLDER") or "{distribution} @ https://HOST/PATH/FILE.whl", '
            f'or "{distribution}" if your index has it',
        )
        self.module, self.where = module, where
        self.distribution, self.origin = distribution, origin


class BadRequirement(AnalysisError):
    """A declared requirement that is not PEP 508, or a package name that Debian would not take."""

    exit_code = 16

    def __init__(self, text: str, where: Where, fact: str, hint: str) -> None:
        super().__init__(f"{where}: {text!r} {fact}", hint=hint)
        self.text, self.where = text, where


class ConflictingRequirements(AnalysisError):
    """Two declarations of one distribution that no version can meet together."""

    exit_code = 17

    def __init__(self, name: str, declared: Sequence[Declaration]) -> None:
        said = ", ".join(f"{shown(one.text)!r} at {one.where}" for one in declared)
        lock = next((one.where.path for one in declared if one.locked), None)
        super().__init__(
            f"{declared[0].where}: {name} is declared in ways that exclude each other: {said}",
            hint="keep one of them, or make them agree"
            if lock is None
            else f"make them agree, and bring {lock} up to date with the tool that writes it",
        )
        self.name, self.declared = name, tuple((one.text, one.where) for one in declared)
