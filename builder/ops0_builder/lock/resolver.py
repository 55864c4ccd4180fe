"""Requirements of a group of steps -> pins, the files behind them, and each step's exact part of them.

One call of uv resolves the group, one lists the files. Who needs whom is read from the first, so that a
thousand steps cost no more calls than one; only where extras make that ambiguous is a step resolved on its own,
held to the pins, once for each set of requirements.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ops0.core.errors import Ops0Error, raise_together
from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.requirements.declared import applies
from ops0.core.requirements.places import has_address
from ops0.host.temporary import temporary_folder
from ops0_builder.lock.errors import RequirementUnfit, ResolverFailed
from ops0_builder.lock.inputs import StepInputs
from ops0_builder.lock.offers import Offers, read_offers
from ops0_builder.lock.programs_at_once import programs_at_once
from ops0_builder.lock.resolution import Resolution, parse_requirement, read_resolution
from ops0_builder.lock.uv_program import Unsatisfiable, Uv

_GRAPH = ("--annotate", "--annotation-style", "split", "--no-strip-extras", "--no-generate-hashes")
_PLAIN = ("--no-emit-index-url", "--no-emit-find-links")
_WHERE, _NOWHERE = "--emit-index-annotation", "--no-emit-index-annotation"
_AT_ONCE = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRequirement:
    """One requirement of one step, with the place and words of its first reason."""

    step: StepName
    text: str
    requirement: Requirement
    place: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepGroup:
    """What is resolved together, for one target.

    inputs: of each step;  asked: what they ask, one by one
    preferred: name -> the version that it keeps where it can
    """

    inputs: tuple[StepInputs, ...]
    target: Target
    asked: tuple[StepRequirement, ...]
    preferred: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupResolution:
    """What one group came to.

    steps:   the names that each step installs;  indexes: name -> the address that it comes from
    """

    pins: Mapping[str, str]
    offers: Mapping[str, Offers]
    steps: Mapping[StepName, frozenset[str]]
    indexes: Mapping[str, str] = field(default_factory=dict, repr=False)

    def used(self, placed: Collection[str] = ()) -> tuple[Offers, ...]:
        """The files of what some step installs, by name. Raises ResolverFailed where uv lists none of them.

        placed: names of what comes from no index
        """
        names = sorted({name for part in self.steps.values() for name in part} - set(placed))
        lost = [name for name in names if name not in self.offers]
        if lost:
            raise ResolverFailed(f"uv resolved {', '.join(lost)} but lists no files of it", "")
        return tuple(self.offers[name] for name in names)


def asked_by(pipeline: Pipeline, steps: frozenset[StepName]) -> tuple[StepRequirement, ...]:
    """What these steps ask, in the pipeline's order.

    raises: RequirementUnfit (all of them together)
    """
    wanted = [(step, need) for step in pipeline.steps if step.name in steps for need in step.needs]
    faults: list[Ops0Error] = []
    asked: list[StepRequirement] = []
    for step, need in wanted:
        reason = next((one for one in need.reasons if has_address(one.text)), need.reasons[0])
        read = _read(need.requirement, str(reason.where))
        if isinstance(read, RequirementUnfit):
            faults.append(read)
        else:
            asked.append(
                StepRequirement(
                    step=step.name,
                    text=need.requirement,
                    requirement=read,
                    place=str(reason.where),
                    reason=reason.text,
                )
            )
    raise_together(faults)
    return tuple(asked)


def _read(text: str, place: str) -> Requirement | RequirementUnfit:
    try:
        return parse_requirement(text, place)
    except RequirementUnfit as fault:
        return fault


def resolve(group: StepGroup, uv: Uv, constraints: Sequence[str] = ()) -> GroupResolution:
    """Resolve one group. A preference that cannot hold is dropped; a constraint is not.

    raises: Unsatisfiable (the caller knows how to explain it), IndexUnreachable, ResolverFailed
    """
    if not group.asked:
        return GroupResolution(
            pins={}, offers={}, steps={entry.step: frozenset() for entry in group.inputs}
        )
    resolution = _joint(group, uv, constraints)
    _check_roots(group, resolution)
    pins = [
        f"{name}=={version}"
        for name, version in sorted(resolution.pins.items())
        if name not in uv.placed
    ]
    options = ("--no-deps", "--format", "pylock.toml")
    return GroupResolution(
        pins=resolution.pins,
        offers=read_offers(uv.compile(pins, group.target, options)) if pins else {},
        steps=_parts(group, resolution, uv),
        indexes=resolution.indexes,
    )


def _check_roots(group: StepGroup, resolution: Resolution) -> None:
    """Raises ResolverFailed where uv left out something that was asked for: the lock would lack it."""
    lost = [
        f"  {entry.place}: {entry.text}"
        for entry in group.asked
        if canonicalize_name(entry.requirement.name) not in resolution.pins
        and applies(entry.requirement, group.target)
    ]
    if lost:
        said = "\n".join(dict.fromkeys(lost))
        raise ResolverFailed("uv left out what is asked for, as its settings may tell it", said)


def _joint(group: StepGroup, uv: Uv, constraints: Sequence[str]) -> Resolution:
    requirements = sorted({entry.text for entry in group.asked})
    roots = {canonicalize_name(entry.requirement.name) for entry in group.asked}
    with temporary_folder("lock") as folder:
        # uv takes the pins of an existing output file as preferences: kept where they can be, else dropped.
        output = folder / "requirements.txt"
        kept = sorted((name, one) for name, one in group.preferred.items() if name not in uv.placed)
        lines = (f"{name}=={version}\n" for name, version in kept)
        output.write_text("".join(lines), encoding="utf-8")
        options = (*_GRAPH, *_PLAIN, _WHERE, "--output-file", str(output))
        uv.compile(requirements, group.target, options, warned=True, constraints=constraints)
        return read_resolution(output.read_text(encoding="utf-8"), roots)


def _parts(group: StepGroup, resolution: Resolution, uv: Uv) -> dict[StepName, frozenset[str]]:
    """Each step's exact part of the joint resolution."""
    by_text = {entry.text: entry.requirement for entry in group.asked}
    parts: dict[StepName, frozenset[str]] = {}
    alone: dict[tuple[str, ...], list[StepName]] = {}
    for entry in group.inputs:
        part = resolution.closure([by_text[text] for text in entry.requirements])
        if part is None:
            alone.setdefault(entry.requirements, []).append(entry.step)
        else:
            parts[entry.step] = part
    if not alone:
        return parts
    with temporary_folder("lock") as folder:
        constraints = folder / "pins.txt"
        pins = (f"{name}=={version}\n" for name, version in sorted(resolution.pins.items()))
        constraints.write_text("".join(pins), encoding="utf-8")
        options = (*_GRAPH, *_PLAIN, _NOWHERE, "--constraints", str(constraints))

        def names_of(requirements: tuple[str, ...], stop: Event) -> frozenset[str]:
            text = replace(uv, stop=stop).compile(requirements, group.target, options)
            return frozenset(read_resolution(text, ()).pins)

        found = programs_at_once(names_of, alone, _AT_ONCE)
        for steps, part in zip(alone.values(), found, strict=True):
            parts.update(dict.fromkeys(steps, part))
    return parts


__all__ = [
    "GroupResolution",
    "StepGroup",
    "StepRequirement",
    "Unsatisfiable",
    "asked_by",
    "resolve",
]
