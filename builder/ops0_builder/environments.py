"""Environments for steps as processes: each step's locked wheels, nothing else, on a Python of this machine.

::

    <cache>/environments/<32 digits of its key>/           as uv makes it; ``.whole`` is written last, see whole_folder
                         runner-<16 digits>/               what images get from ops0, see runner_files

Steps with the same wheels share one. An environment names its own place, so it is made where it stays, under a lock;
one without ``.whole`` was left by a killed ops0 and is made anew, and so is one that has lost files or parts of them.
Where another run uses one that is damaged, that stays as it is, and a new one stands beside it, ``<key>.1``.
While a run uses them it shares a lock of each, and one of all that ``ops0 gc`` holds alone.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event

from ops0.core.digest import digest_of
from ops0.core.errors import HostError, Ops0Error, raise_together
from ops0.core.locked import Lock, StepLock
from ops0.core.pipeline import StepName
from ops0.host.folders import cache_dir, file_lock, lock_if_free
from ops0.host.interpreter import Interpreter
from ops0_builder.lock.programs_at_once import programs_at_once
from ops0_builder.lock.uv_program import Uv, explanation
from ops0_builder.planning.context import Context, fill, mark_used, wheels_context
from ops0_builder.planning.runner_files import RunnerFiles
from ops0_builder.whole_folder import is_whole, mark_whole

ENVIRONMENT_FORMAT = 2
"""Raised when the same wheels are installed otherwise."""
_PROGRAM = "bin/python"
_AT_ONCE = 4
_OPTIONS = ("--no-config", "--offline", "--no-cache", "--quiet")

Say = Callable[[str], None]


class PythonMissing(HostError):
    """A step asks for a Python that this machine has not."""

    exit_code = 75

    def __init__(self, step: str, version: str) -> None:
        super().__init__(
            f"{step}: no Python {version} on this machine",
            f"install python{version}, as `uv python install {version}` does; or run with --containers",
        )
        self.step, self.version = step, version


class EnvironmentFailed(HostError):
    """A step's own environment could not be made on this machine."""

    exit_code = 76

    def __init__(self, step: str, fact: str) -> None:
        super().__init__(
            f"{step}: its environment cannot be made: {fact}",
            "the lock's wheels are for images of Linux: run with --containers, or without --isolate",
        )
        self.step = step


@contextmanager
def isolated(
    lock: Lock, wheels: Mapping[str, Path], runner: RunnerFiles, uv: Uv, say: Say
) -> Iterator[Mapping[StepName, Interpreter]]:
    """An interpreter for each step of a lock, for as long as the block lasts.

    wheels: sha256 -> file, for all that the lock names
    raises: PythonMissing, all together; EnvironmentFailed, WheelGone, ResolverFailed
    """
    if sys.platform != "linux":
        raise EnvironmentFailed(str(lock.steps[0].step), f"this machine runs {sys.platform}")
    with file_lock(environments_lock(), shared=True), ExitStack() as uses:
        home = _runner(runner, uses)
        pythons = _pythons(lock.steps, uv)
        keys = {one.step: _key(one, pythons[one.step]) for one in lock.steps}
        first: dict[str, StepLock] = {}  # many steps share one, and each is held by a descriptor
        for one in lock.steps:
            first.setdefault(keys[one.step], one)

        def make(key: str, stop: Event) -> Path:
            step, stopped = first[key], replace(uv, stop=stop)
            return _environment(key, step, pythons[step.step], wheels, stopped, say, uses)

        folders = dict(zip(first, programs_at_once(make, list(first), _AT_ONCE), strict=True))
        yield {step: _interpreter(folders[key], home) for step, key in keys.items()}


def environments_dir() -> Path:
    """Where environments stand, all projects' beside each other."""
    return cache_dir() / "environments"


def environments_lock() -> Path:
    """The lock that runs share while they use environments; who removes some holds it alone."""
    return cache_dir() / "locks" / "environments.lock"


def _interpreter(folder: Path, runner: Path) -> Interpreter:
    return Interpreter(
        program=str(folder / _PROGRAM),
        options=("-I",),  # as in images: no variable and no user site decides what is imported
        homes=(str(runner), str(runner / "vendor")),
        folder=str(folder),
    )


def _key(step: StepLock, python: str) -> str:
    """The name of a step's environment: of all steps that have the same files and Python."""
    files = sorted(one.wheel.sha256 for one in step.distributions)
    return digest_of(["environment", ENVIRONMENT_FORMAT, os.path.realpath(python), files])[:32]


def _environment(
    key: str,
    step: StepLock,
    python: str,
    wheels: Mapping[str, Path],
    uv: Uv,
    say: Say,
    uses: ExitStack,
) -> Path:
    def make(folder: Path, lock: int) -> None:
        many = len(step.distributions)
        say(f"{step.step}: making its environment, {many} distribution{'s'[: many != 1]}")
        # A uv that outlives a killed ops0 still writes there: nobody else may begin before it has ended.
        _make(folder, step, python, wheels, replace(uv, run=partial(uv.run, held=(lock,))))

    # One whose Python was removed from this machine is of no use.
    return _once(key, lambda folder: (folder / _PROGRAM).is_file(), make, uses)


def _once(
    key: str,
    fits: Callable[[Path], bool],
    make: Callable[[Path, int], None],
    uses: ExitStack,
) -> Path:
    """A folder that is there whole, in use until ``uses`` ends; made where there is none.

    What a killed ops0 left goes first, and so does one that is damaged, unless a run uses it.

    fits: whether one that has all its files can be used;  make: gets the descriptor of the lock that is held meanwhile
    """
    for number in count():
        folder = environments_dir() / (f"{key}.{number}" if number else key)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(_lock("environment", folder)) as lock:
            if _is_made(folder, fits, partial(make, folder, lock)):
                uses.enter_context(file_lock(_lock("use", folder), shared=True))
                mark_used(folder)
                break
    return folder


def _is_made(folder: Path, fits: Callable[[Path], bool], make: Callable[[], None]) -> bool:
    """Make a folder unless it is there whole. Whether it is; not, where it is damaged and a run uses it."""
    if is_whole(folder) and fits(folder):
        return True
    with lock_if_free(_lock("use", folder)) as unused:
        if unused:
            shutil.rmtree(folder, ignore_errors=True)
            make()
            mark_whole(folder)
        return unused


def _lock(kind: str, folder: Path) -> Path:
    return cache_dir() / "locks" / f"{kind}-{folder.name}.lock"


def _pythons(steps: Sequence[StepLock], uv: Uv) -> Mapping[StepName, str]:
    found: dict[StepName, str] = {}
    faults: list[Ops0Error] = []
    for step in steps:
        try:
            found[step.step] = _python(step, uv)
        except PythonMissing as fault:  # noqa: PERF203 - all are told together
            faults.append(fault)
    raise_together(faults)
    return found


def _python(step: StepLock, uv: Uv) -> str:
    version = step.target.python
    if version == "{}.{}".format(*sys.version_info[:2]):
        return sys.executable
    found = uv.call(("python", "find", "--no-project", "--no-config", "--system", version))
    if found.code != 0 or not found.out.strip():
        raise PythonMissing(str(step.step), version)
    return found.out.strip()


def _make(folder: Path, step: StepLock, python: str, wheels: Mapping[str, Path], uv: Uv) -> None:
    made = uv.call(("venv", *_OPTIONS, "--no-project", "--python", python, str(folder)))
    if made.code != 0:
        raise EnvironmentFailed(str(step.step), explanation(made.err))
    if step.distributions:
        with tempfile.TemporaryDirectory(prefix=".wheels-", dir=folder.parent) as name:
            _install(folder, step, Path(name), wheels, uv)


def _install(folder: Path, step: StepLock, found: Path, wheels: Mapping[str, Path], uv: Uv) -> None:
    fill(wheels_context("wheels", step.distributions), found, wheels)
    argv = ["pip", "install", *_OPTIONS, "--no-index", "--no-deps", "--require-hashes"]
    argv += ["--link-mode", "copy", "--python", str(folder / _PROGRAM)]
    argv += ["--find-links", str(found), "--requirement", str(found / "requirements.txt")]
    done = uv.call(argv)
    if done.code != 0:
        raise EnvironmentFailed(str(step.step), f"\n{explanation(done.err)}")


def _runner(runner: RunnerFiles, uses: ExitStack) -> Path:
    def make(folder: Path, _: int) -> None:
        folder.mkdir()
        fill(Context(name="runner", files=runner.files), folder, {})

    def fits(folder: Path) -> bool:
        return all((folder / name).read_bytes() == data for name, data in runner.files.items())

    return _once(f"runner-{runner.digest[:16]}", fits, make, uses)
