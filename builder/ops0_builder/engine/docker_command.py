"""The ``docker`` command, for what the Engine's API does not do as well."""

from __future__ import annotations

from ops0.host import process
from ops0_builder.build_errors import BuildxUnusable


def run_docker(*words: str, timeout: float) -> process.Completed:
    """Run ``docker WORDS`` to its end; the exit code is the caller's to judge. ``timeout``: seconds.

    raises: BuildxUnusable where there is no such command, ProgramTimeout
    """
    try:
        return process.run(("docker", *words), timeout=timeout)
    except process.ProgramMissing:
        raise BuildxUnusable from None
