"""Declarations, parsed and joined: what users ask for by distribution name.

``packaging`` is imported where a requirement is parsed: it costs a start 25 ms, and most needs are bare names.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops0.core.api.requiring import is_debian_name
from ops0.core.errors import Ops0Error
from ops0.core.locked import Target
from ops0.core.requirements import places
from ops0.core.requirements.declarations import Declaration, DeclaredIn, StepDeclared
from ops0.core.requirements.errors import BadRequirement, ConflictingRequirements
from ops0.core.requirements.file_addresses import is_file_address
from ops0.core.requirements.names import canonicalize_name, is_bare
from ops0.core.requirements.pep508 import NotRequirement, read_requirement
from ops0.core.requirements.together import exclude_each_other, joined, one_address, still_locked

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from ops0.core.requirements.values import Context

_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "arm": "armv7l"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """One distribution as declared, every declaration of it joined.

    requirement:  PEP 508 without a marker, normalised: ``pandas[parquet]<3,>=2``
    declarations: all that were joined, in the order of trust;   by: the most trusted one's kind
    """

    name: str
    requirement: str
    declarations: tuple[Declaration, ...]
    by: DeclaredIn

    @property
    def is_far(self) -> bool:
        """Whether it comes from a repository, or from a file elsewhere: neither says anything before it is locked."""
        address = self.requirement.partition(" @ ")[2]
        return places.is_git(address) or is_file_address(address)


def joined_declarations(
    step: StepDeclared, context: Context
) -> tuple[dict[str, Declared], tuple[Ops0Error, ...]]:
    """All declarations that hold for one step and its target, by name; and every fault among them."""
    found: dict[str, list[tuple[Requirement, Declaration, DeclaredIn]]] = {}
    faults: list[Ops0Error] = []
    kinds: tuple[tuple[DeclaredIn, tuple[Declaration, ...]], ...] = (
        ("step", step.requires),
        ("settings", context.requires),
        ("notebook", context.notebook),
        ("project", context.project),
    )
    for by, declarations in kinds:
        for declaration in declarations:
            try:
                requirement = parse_requirement(declaration, context.root)
            except BadRequirement as fault:
                faults.append(fault)
                continue
            if applies(requirement, context.target):
                key = canonicalize_name(requirement.name)
                found.setdefault(key, []).append((requirement, declaration, by))
    known: dict[str, Declared] = {}
    for name, parts in found.items():
        _take_commits(parts, context.root)
        asked = [part[0] for part in parts if not part[1].locked]
        locked = [part[0] for part in parts if part[1].locked]
        if exclude_each_other(asked, locked):
            faults.append(ConflictingRequirements(name, [part[1] for part in parts]))
        else:
            known[name] = Declared(
                name=name,
                requirement=requirement_text(joined([*asked, *still_locked(asked, locked)])),
                declarations=tuple(part[1] for part in parts),
                by=parts[0][2],
            )
    return known, tuple(faults)


def _take_commits(parts: Sequence[tuple[Requirement, Declaration, DeclaredIn]], root: str) -> None:
    """Give whoever names the same branch or tag of a repository the commit that the project's own lock has for it."""
    for requirement, declaration, _ in parts:
        if not declaration.asked:
            continue
        asked = read_requirement(f"{requirement.name} @ {declaration.asked}")
        places.settle(asked, root)
        for other, *_ in parts:
            if other.url and asked.url and one_address([other.url, asked.url]):
                other.url = requirement.url


def parse_requirement(declaration: Declaration, root: str = "") -> Requirement:
    """Parse PEP 508; an address as ``places.settle`` writes it for this root. Raises BadRequirement with the place."""
    try:
        requirement = read_requirement(declaration.text)
    except NotRequirement as fault:
        raise BadRequirement(
            places.shown(declaration.text)[:200],
            declaration.where,
            f"is not a requirement: {fault.fact}",
            places.NAMED_GIT
            if places.is_git(declaration.text)
            else places.NAMED_FILE
            if "://" in declaration.text
            else places.NAMED
            if places.is_place(declaration.text)
            else fault.hint,
        ) from None
    places.settle(requirement, root)
    return requirement


def applies(requirement: Requirement, target: Target) -> bool:
    """Whether the requirement's marker holds on the target. A marker on an extra does not."""
    if requirement.marker is None:
        return True
    from packaging.markers import UndefinedEnvironmentName

    try:
        return requirement.marker.evaluate({**_marker_environment(target), "extra": ""})
    except UndefinedEnvironmentName:
        return False


def _marker_environment(target: Target) -> dict[str, str]:
    """The marker variables of PEP 508 as the image will have them, not the host."""
    machine = target.platform.split("/")[1] if "/" in target.platform else target.platform
    full = target.python if target.python.count(".") > 1 else f"{target.python}.0"
    return {
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": _ARCHITECTURES.get(machine, machine),
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": full,
        "python_version": ".".join(target.python.split(".")[:2]),
        "sys_platform": "linux",
    }


def requirement_text(requirement: Requirement) -> str:
    """A requirement without its marker, normalised: equal asks are equal texts."""
    name = canonicalize_name(requirement.name)
    extras = (
        f"[{','.join(sorted(map(canonicalize_name, requirement.extras)))}]"
        if requirement.extras
        else ""
    )
    address = f" @ {requirement.url}" if requirement.url else ""
    specifiers = ",".join(sorted({str(one) for one in requirement.specifier}))
    return f"{name}{extras}{specifiers}{address}"


def check_debian_name(declaration: Declaration) -> str:
    """The name of a Debian package, unchanged. Raises BadRequirement where Debian policy 5.6.1 would not take it."""
    if is_debian_name(declaration.text):
        return declaration.text
    raise BadRequirement(
        declaration.text,
        declaration.where,
        "is not the name of a Debian package",
        'write names as `apt` knows them: apt=["libgomp1"]',
    )


def join_requirements(texts: Iterable[str]) -> str:
    """One requirement that asks for all that several ask of the same distribution."""
    different = sorted(set(texts))
    if len(different) == 1 and is_bare(different[0]):
        return different[0]
    from packaging.requirements import Requirement

    return requirement_text(joined([Requirement(text) for text in different]))


def may_come(
    requirement: str, declared: str | None, installed: str | None, *, fitting: bool
) -> bool:
    """Whether a version may be chosen that fits a requirement, or one that does not.

    declared: the requirement of the same distribution that is declared, or None
    installed: the version that is installed, which is taken where the declared allows it, or None
    """
    from packaging.requirements import Requirement
    from packaging.version import InvalidVersion, Version

    wanted = Requirement(requirement).specifier
    allowed = Requirement(declared).specifier if declared else None
    probes = [f"{major}.{minor}.999" for major in range(10) for minor in range(60)]
    probes += [one.version.rstrip(".*") for one in (*wanted, *(allowed or ()))]
    if allowed is not None:
        probes = list(allowed.filter(probes, prereleases=True))
    elif installed is not None:
        try:
            probes = [str(Version(installed))]
        except InvalidVersion:
            return True
    return any(wanted.contains(one, prereleases=True) is fitting for one in probes)
