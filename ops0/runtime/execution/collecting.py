"""What the host takes out of an attempt that has ended: its result, artifacts and models, as far as they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from functools import partial

from ops0.runtime.engine import Attempt, Job, Member
from ops0.runtime.execution.messages import Noted, Post
from ops0.runtime.execution.verdict import Done
from ops0.runtime.keeping.lookups import Keeping
from ops0.runtime.outputs.announced import Announced
from ops0.runtime.outputs.manifest import ValueFile
from ops0.runtime.outputs.results import BadOutput, keep_files, keep_output, small_json
from ops0.runtime.outputs.told import Told, is_whole, told_members
from ops0.runtime.runs import RunFolder
from ops0_runner.protocol import ARTIFACTS, MODELS


class Collector:
    """Takes what one attempt leaves.

    folder: of the run;  keep: whether the result is kept in it;  keeping: how it is kept for other runs, or None
    """

    def __init__(
        self, job: Job, folder: RunFolder, *, keep: bool, keeping: Keeping | None, post: Post
    ) -> None:
        self._job, self._folder, self._post = job, folder, post
        self._keep, self._keeping = keep, keeping

    @property
    def wants(self) -> bool:
        """Whether the result itself is to come here."""
        return bool(self._keep or self._keeping is not None or self._job.step.options.alerts)

    def told(self, outcome: Done, data: bytes, files: Told | None) -> Done | None:
        """Take what a good end leaves out of what the attempt has told; None where it has to be read out of it.

        data: its manifest's bytes. Raises OSError
        """
        made = outcome.manifest
        if made.artifacts or made.models:
            return None
        if not self.wants:
            return outcome
        if files is None or not is_whole(files, made.value):
            return None
        try:
            return self._value(outcome, data, partial(told_members, files))
        except BadOutput:
            return None

    def result(self, attempt: Attempt, outcome: Done, data: bytes) -> Done:
        """Take what a good end leaves; ``data``: its manifest's bytes. Raises BadOutput, OSError, EngineError."""
        made, call = outcome.manifest, self._job.call
        outcome = self._value(outcome, data, attempt.members)
        if made.artifacts:
            keep_files(attempt.beside(ARTIFACTS), made.artifacts, self._folder.artifacts(call))
            self._note(made.artifacts)
        if made.models:
            folder = self._folder.models(call, self._job.attempt)
            keep_files(attempt.beside(MODELS), made.model_files(), folder, made.model_folders())
        return outcome

    def _value(self, outcome: Done, data: bytes, members: Callable[[], Iterable[Member]]) -> Done:
        if self._keep:
            keep_output(members(), data, self._folder.result(self._job.call))
        if self._keeping is not None:
            warning = self._keeping.keep(members(), data)
            outcome = replace(outcome, warning=outcome.warning or warning)
        if self._job.step.options.alerts:
            outcome = replace(outcome, plain=small_json(members(), outcome.manifest.value))
        return outcome

    def announced(self, attempt: Attempt, files: Announced) -> None:
        """Take the artifacts that a failed attempt has announced.

        Not of a step with secrets: nobody has looked for them in what it has written.
        """
        if not self._job.step.options.secrets:
            folder = self._folder.artifacts(self._job.call)
            self._note(files.keep(attempt.beside(ARTIFACTS), folder))

    def _note(self, files: tuple[ValueFile, ...]) -> None:
        for file in files:
            self._post(Noted(self._job, "attempt.artifact", asdict(file)))
