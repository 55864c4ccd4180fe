"""Steps as processes of this machine: the same runner, the user's own files, values in a folder of the run. An Engine.

For the first minute and for machines without Docker. Same semantics as containers, but no walls: a step can do
what the user can do, and limits of memory, cpu and network are not enforced.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import ops0
import ops0_runner
from ops0.core.pipeline import CallId, Step, StepName
from ops0.host import process
from ops0.host.interpreter import Interpreter
from ops0.host.usage import memory
from ops0.host.versions import InstalledPackages
from ops0.runtime.engine import (
    Attempt,
    Job,
    LineHandler,
    Member,
    RunSetup,
    Spare,
    spare_none,
)
from ops0.runtime.engines.left_processes import (
    MARK,
    end_noted,
    note_process,
    orphan_runs,
)
from ops0.runtime.engines.process_attempt import ProcessAttempt
from ops0.runtime.engines.process_code import Code, Mark, in_place, laid_apart, marks
from ops0.runtime.engines.step_code import content_digest, step_code
from ops0.runtime.outputs.folder_members import folder_members
from ops0.runtime.outputs.stored import stored_attempt
from ops0.runtime.sweeping.cleanups import scratch_folder
from ops0_runner.protocol import VERSION

_LONGEST_PATH = 1000


class ProcessEngine:
    """Engine, over processes. ``project``: the folder that the pipeline's paths are relative to."""

    kind = "processes"

    def __init__(
        self, project: Path, interpreters: Mapping[StepName, Interpreter] = MappingProxyType({})
    ) -> None:
        self._project, self._interpreters = project.absolute(), interpreters
        self.isolated = bool(interpreters)
        self._setup: RunSetup | None = None
        self._lifeline: tuple[int, int] | None = None
        self._codes: dict[StepName, str] = {}
        self._installed = InstalledPackages()
        self._needs: Mapping[str, list[str]] = {}
        self._marks: Mapping[str, Mark] = {}

    def open(self, setup: RunSetup) -> None:
        """See Engine. Between two runs somebody may have installed something."""
        self._setup = setup
        self._codes, self._installed = {}, InstalledPackages()
        if setup.resumed:
            end_noted(self._folder)
        self._folder.mkdir(parents=True, exist_ok=setup.resumed)
        if not self._interpreters:
            self._needs = {k: v for step in setup.pipeline.steps for k, v in _imports(step).items()}
        self._marks = marks(setup.pipeline.steps, self._project)
        self._lifeline = os.pipe()

    @property
    def _folder(self) -> Path:
        if self._setup is None:
            raise RuntimeError("the engine has not been opened for a run")
        return self._setup.folder.work

    def free_memory(self) -> int | None:
        """See Engine."""
        return memory().free

    def code(self, step: Step) -> str:
        """See Engine."""
        known = self._codes.get(step.name)
        if known is None:
            folder = self._python(step).folder
            environment = None if folder is None else Path(folder).name
            known = self._codes[step.name] = step_code(
                self._project, step, environment, self._installed
            )
        return known

    def _python(self, step: Step) -> Interpreter:
        return self._interpreters.get(step.name, Interpreter())

    def content(self, step: Step, text: str) -> str | None:
        """See Engine. A relative path begins where the step runs."""
        if not text or len(text) > _LONGEST_PATH or not text.isprintable():
            return None
        return content_digest(self._project / step.folder / text)

    def reattach(self, job: Job, said: LineHandler, printed: LineHandler) -> Attempt | None:  # noqa: ARG002
        """See Engine. A process does not outlive its run, but it may have left a whole output."""
        return stored_attempt(lambda: self.stored(job.call, job.attempt))

    def discard(self, call: CallId, attempt: int) -> None:
        """See Engine. ``open`` has ended them all."""

    def stored(self, call: CallId, attempt: int) -> Iterator[Member]:
        """See Engine."""
        return folder_members(Path(self.output_path(call, attempt)))

    def save(self, call: CallId, attempt: int, folder: Path) -> None:
        """See Engine. The output is moved."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self.output_path(call, attempt), folder)

    def restore(self, call: CallId, attempt: int, folder: Path) -> None:
        """See Engine. The folder is moved."""
        target = Path(self.output_path(call, attempt))
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, target)

    def image(self, step: StepName) -> None:
        """See Engine. There are no images."""

    def inside(self, step: Step) -> None:
        """See Engine. There is nothing to open a shell in."""

    def title(self, job: Job) -> str:  # noqa: ARG002 - all are called the same
        """See Engine."""
        return "process"

    def start(self, job: Job, said: LineHandler, printed: LineHandler) -> ProcessAttempt:
        """See Engine."""
        output = Path(self.output_path(job.call, job.attempt))
        output.parent.mkdir(parents=True, exist_ok=True)
        if self._is_apart(job.step):
            return ProcessAttempt(self._launch(job, laid_apart), output, said, printed)
        again = partial(self._again, job)
        return ProcessAttempt(self._launch(job, in_place), output, said, printed, again)

    def give_up_starts(self) -> None:
        """See Engine. A process that is being started is up at once."""

    def _again(self, job: Job) -> tuple[process.Program, Code] | None:
        """Another process in place of one that has waited while its files were edited: which text it has is unknown."""
        return self._launch(job, laid_apart) if self._is_apart(job.step) else None

    def _is_apart(self, step: Step) -> bool:
        """Whether it gets its slices instead of the project's files: these were edited since the run began.

        A result is kept, and known again, by what the files were then.
        """
        if self._python(step).folder is not None:
            return True
        now = marks([step], self._project)
        return any(self._marks.get(path) != mark for path, mark in now.items())

    def _launch(
        self, job: Job, lay_out: Callable[[Step, Path, Path], Code]
    ) -> tuple[process.Program, Code]:
        python = self._python(job.step)
        code = lay_out(job.step, self._project, self._folder / "code" / f"{job.call}-{job.attempt}")
        step_file = self._folder / f"{job.call}.json"
        assert self._lifeline is not None  # noqa: S101 - the engine has been opened
        alive = self._lifeline[0]
        step_file.write_text(json.dumps(_step_json(job.step, code, alive, self._needs)))
        argv = (python.program, *python.options, "-c", bootstrap(python.homes), str(step_file))
        folder = self._project / job.step.folder
        mark = {MARK: self.output_path(job.call, job.attempt)}
        environment = {**_environment(job, python), **mark}
        program = process.start(argv, cwd=folder, env=environment, held=(alive,))
        note_process(self._folder, program.popen.pid)
        return program, code

    def output_path(self, call: CallId, attempt: int) -> str:
        """See Engine."""
        return str(self._folder / "values" / call / str(attempt))

    def input_path(self, producer: CallId, attempt: int) -> str:
        """See Engine."""
        return self.output_path(producer, attempt)

    def model_path(self, step: StepName) -> str:
        """See Engine. The store's own folder."""
        if self._setup is None:
            raise RuntimeError("the engine has not been opened for a run")
        return str(self._setup.models[step].folder)

    def tidy(self) -> None:
        """See Engine. Nothing is left of a process that has ended."""

    def close(self) -> None:
        """See Engine."""
        if self._setup is not None:
            end_noted(self._folder)
            shutil.rmtree(self._folder, ignore_errors=True)
            self._setup = None
        if self._lifeline is not None:
            for end in self._lifeline:
                os.close(end)
            self._lifeline = None

    def remove_orphans(self, spare: Spare = spare_none) -> tuple[str, ...]:
        """See Engine: the processes and values of killed runs."""
        found = ((orphan, spare(orphan.run)) for orphan in orphan_runs())
        return tuple(
            orphan.run
            for orphan, stays in found
            if stays != "all" and orphan.remove(values=stays != "values")
        )


def _environment(job: Job, python: Interpreter) -> dict[str, str]:
    """With ``@ops0.cleanup_after`` temporary files go where they can be found again."""
    environment = _environment_of(python)
    if job.step.options.cleanup_after is not None:
        environment["TMPDIR"] = str(scratch_folder(job.run, job.call, job.attempt))
    return environment


def _step_json(
    step: Step, code: Code, lifeline: int, others: Mapping[str, list[str]]
) -> dict[str, object]:
    """STEP.json of the runner's protocol. ``others``: what all steps need that share this Python."""
    return {
        "v": VERSION,
        "step": step.name,
        "module": step.module,
        "function": step.function,
        "roots": list(code.roots),
        "project": code.project,
        "needs": _imports(step),
        "others": others,
        "lifeline": lifeline,
    }


def _imports(step: Step) -> dict[str, list[str]]:
    return {need.requirement: list(need.imports) for need in step.needs}


def _environment_of(python: Interpreter) -> dict[str, str]:
    """The variables of a step's process: the user's, who may also say how OpenMP waits (see ops0/host/hardened.py)."""
    environment = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
    if python.folder is not None:
        environment["VIRTUAL_ENV"] = python.folder
        environment["PATH"] = (
            f"{python.folder}/bin{os.pathsep}{environment.get('PATH', os.defpath)}"
        )
    return environment


def bootstrap(homes: tuple[str, ...]) -> str:
    """What the step's Python is given to run: as ``python -m ops0_runner``, with two differences.

    The working folder is not on the path before the standard library: a user's file named ``json.py`` must not
    become the runner's. The folders that hold the runner, this ops0's own unless others are given, stand at its end.
    """
    own = dict.fromkeys(str(Path(m.__path__[0]).parent) for m in (ops0, ops0_runner))
    return (
        f"import sys; sys.path[:] = [p for p in sys.path if p] + {list(homes or own)!r}; "
        "import runpy; runpy.run_module('ops0_runner', run_name='__main__', alter_sys=True)"
    )
