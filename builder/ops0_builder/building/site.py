"""Where images are built: for which project, on which engine. What only one build at a time may do goes by that."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops0.core.digest import sha256
from ops0.core.pipeline import StepName
from ops0.core.plan import Plan
from ops0.host.engine_socket import EngineSocket
from ops0.host.folders import cache_dir
from ops0.host.owner import take_lease
from ops0_builder.building.unproven import noted_tags, remove_noted, unproven_mark
from ops0_builder.engine.names import image_component


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildSite:
    """The root of a project, and the engine that builds for it."""

    root: Path
    engine: EngineSocket

    def lock(self, plan: Plan) -> Path:
        """The lock that one build of this project's pipeline holds alone on this machine."""
        return cache_dir() / "locks" / f"build-{self._own(plan)}.lock"

    def note(self, plan: Plan) -> Path:
        """Where a build of this project's pipeline notes the tags that go again."""
        return cache_dir() / "locks" / f"unproven-{self._own(plan)}"

    def remove_killed(self, plan: Plan) -> None:
        """Take away the tags that a killed build of this pipeline noted; under ``lock``. Raises EngineError."""
        remove_noted(self.note(plan), self.engine)

    @contextmanager
    def unproven_tags(
        self, plan: Plan, steps: tuple[StepName, ...], *, rounds: int = 1
    ) -> Iterator[tuple[Mapping[StepName, str], ...]]:
        """Tags of this build's own: for each round one for each image. None of them stays, however the block ends."""
        tags = tuple(_marked(plan, steps) for _ in range(rounds))
        named = (tag for one in tags for tag in one.values())
        with noted_tags(self.note(plan), named, self.engine):
            yield tags

    def _own(self, plan: Plan) -> str:
        """What no other pipeline has: many projects have a file, and so a pipeline, of the same name."""
        pipeline = plan.pipeline
        named = f"{self.root}\n{pipeline.entry}\n{pipeline.name}"
        # A path may have bytes that the locale cannot decode: Python has them as lone surrogates.
        place = sha256(named.encode("utf-8", "surrogatepass"))
        return f"{image_component(pipeline.name)}-{place[:16]}"


def _marked(plan: Plan, steps: tuple[StepName, ...]) -> Mapping[StepName, str]:
    mark = unproven_mark(take_lease(), time.time(), secrets.token_hex(4))
    return {step: f"{plan.image(step).tag.rpartition(':')[0]}:{mark}" for step in steps}
