"""One project on several platforms: analysed for each, warned of once, its faults told together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ops0.cli import building, wiring, with_progress
from ops0.cli.progress.slow import told_if_slow
from ops0.cli.work import Work
from ops0.core.errors import Ops0Error, members, raise_together
from ops0.core.locked import Lock
from ops0.core.pipeline import Pipeline, StepName
from ops0.core.plan import ImagePlan, Plan

if TYPE_CHECKING:
    from ops0_builder.caches import Caches

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltOn:
    """What a build gave for one platform."""

    work: Work
    built: building.Built

    @property
    def platform(self) -> str:
        """As ``linux/arm64``."""
        return self.work.target.platform

    @property
    def plan(self) -> Plan:
        """Of all images, also those that were not asked for."""
        return self.built.plan

    @property
    def images(self) -> tuple[ImagePlan, ...]:
        """The plans of the images that there are now."""
        return tuple(one for one in self.plan.images if one.step in self.built.digests)


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A project's plan for one platform, with the lock that it is from."""

    work: Work
    lock: Lock
    plan: Plan


def works_for(work: Work, platforms: Iterable[str]) -> tuple[Work, ...]:
    """The project for each platform asked for, else for each that its settings name."""
    return on_platforms(work, tuple(platforms) or work.platforms)


def for_engine(work: Work) -> Work:
    """The project for the engine's platform, where it is for several; as it is where it is for one.

    raises: EngineError
    """
    if len(work.platforms) == 1:
        return work
    from ops0_builder.bases.foreign import engine_platform  # noqa: PLC0415 - most projects are for one

    platform = engine_platform(work.engine)
    return work.on(platform) if platform in work.platforms else work


def plan_each(found: Iterable[tuple[Work, Pipeline]]) -> tuple[Planned, ...]:
    """Lock and plan for each platform; faults of all are told together."""

    def plan(pair: tuple[Work, Pipeline]) -> Planned:
        lock, made = with_progress.plan_shown(*pair)
        return Planned(work=pair[0], lock=lock, plan=made)

    return each(found, plan)


def build_each(
    planned: Sequence[Planned],
    *,
    only: Iterable[StepName] | None = None,
    no_cache: bool = False,
    caches: Caches | None = None,
    first: Callable[[], None] | None = None,
) -> tuple[BuiltOn, ...]:
    """Build for each platform, one after the other: each build has all processors. Raises the first's faults.

    first: see ``build_shown``
    """
    return tuple(
        BuiltOn(
            work=one.work,
            built=with_progress.build_shown(
                one.work,
                one.plan,
                one.lock,
                only=only,
                no_cache=no_cache,
                caches=caches.of_platform(one.work.target.platform)
                if caches and len(planned) > 1
                else caches,
                first=first,
            ),
        )
        for one in planned
    )


def on_platforms(work: Work, platforms: Iterable[str]) -> tuple[Work, ...]:
    """The project for each platform; for its own where none is named."""
    return tuple(work.on(one) for one in dict.fromkeys(platforms)) or (work,)


def read_each(works: Iterable[Work], *, fresh: bool = False) -> tuple[tuple[Work, Pipeline], ...]:
    """Analyse for each platform: what a requirement's marker says differs. Says each warning once."""
    works = tuple(works)
    with told_if_slow(f"reading {works[0].project.entry}"):
        found = each(works, lambda work: (work, wiring.read_pipeline(work, fresh=fresh)))
    with_progress.show_warnings(
        warning
        for warning in {one for pair in found for one in with_progress.warnings_of(*pair)}
        if not warning.processes
    )
    return found


def each(values: Iterable[S], do: Callable[[S], T]) -> tuple[T, ...]:
    """What is done with each of the values. Raises what went wrong with some, each fault once, together."""
    done: list[T] = []
    faults: dict[str, Ops0Error] = {}
    for value in values:
        with _noted(faults):
            done.append(do(value))
    raise_together(list(faults.values()))
    return tuple(done)


@contextmanager
def _noted(faults: dict[str, Ops0Error]) -> Iterator[None]:
    try:
        yield
    except Ops0Error as fault:
        for one in members(fault):
            faults.setdefault(str(one), one)
