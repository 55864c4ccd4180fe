"""``ops0.run`` at the top of a pipeline's file: each step's process imports that, and would begin a run of its own."""

from __future__ import annotations

import sys
from types import FrameType

from ops0.core.errors import InvalidPipelineError
from ops0_runner.loading import load_function


class RunInImport(InvalidPipelineError):
    """A step's process imports its file, and that runs the pipeline."""

    def __init__(self) -> None:
        super().__init__(
            "ops0.run() stands where each step's process would run it too",
            'put it below `if __name__ == "__main__":`',
        )


def refuse_in_import() -> None:
    """Raises RunInImport where the runner is just importing a step's function."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - as inspect does, which takes long to import
    while frame is not None:
        if frame.f_code is load_function.__code__:
            raise RunInImport
        frame = frame.f_back
