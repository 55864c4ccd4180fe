"""What a build tells while it goes on: BuildKit's own events, and where each step's image is on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ops0.core.pipeline import StepName
from ops0_builder.engine.rawjson import BuildKitEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageProgress:
    """Where a step's image is on its way.

    waiting: for another build of a pipeline of that name;  found: which has made this image, too
    reading: the proof of an image that cannot be run here
    """

    step: StepName
    state: Literal[
        "waiting", "found", "staging", "building", "proving", "reading", "proved", "ready"
    ]


BuildEvent = BuildKitEvent | ImageProgress
OnEvent = Callable[[BuildEvent], None]
