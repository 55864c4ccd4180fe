"""What the host takes out of an attempt that has ended: its result, artifacts and models, as far as they are wanted."""

from __future__ import annotations

from dataclasses import asdict, replace

from ops0.runtime.engine import Attempt, Job
from ops0.runtime.keeping.lookups import Keeping
from ops0.runtime.outputs.announced import Announced
from ops0.runtime.outputs.manifest import ValueFile
from ops0.runtime.outputs.results import keep_files, keep_output, small_json
from ops0.runtime.playing.messages import Noted, Post
from ops0.runtime.playing.verdict import Done
from ops0.runtime.runs import RunFolder
from ops0_runner.protocol import ARTIFACTS, MODELS


class Taking:
    """Takes what one attempt leaves.

    folder: of the run;  keep: whether the result is kept in it;  keeping: how it is kept for other runs, or None
    """

    def __init__(
        self, job: Job, folder: RunFolder, *, keep: bool, keeping: Keeping | None, post: Post
    ) -> None:
        self._job, self._folder, self._post = job, folder, post
        self._keep, self._keeping = keep, keeping

    def reads(self, outcome: Done) -> bool:
        """Whether anything is to be read out of the attempt, but for what it has told."""
        made = outcome.manifest
        wanted = self._keep or self._keeping is not None or self._job.step.options.alerts
        return bool(wanted or made.artifacts or made.models)

    def result(self, attempt: Attempt, outcome: Done, data: bytes) -> Done:
        """Take what a good end leaves; ``data``: its manifest's bytes. Raises BadOutput, OSError, EngineError."""
        made, call = outcome.manifest, self._job.call
        if self._keep:
            keep_output(attempt.members(), data, self._folder.result(call))
        if self._keeping is not None:
            warning = self._keeping.keep(attempt.members(), data)
            outcome = replace(outcome, warning=outcome.warning or warning)
        if made.artifacts:
            keep_files(attempt.beside(ARTIFACTS), made.artifacts, self._folder.artifacts(call))
            self._note(made.artifacts)
        if made.models:
            folder = self._folder.models(call, self._job.attempt)
            keep_files(attempt.beside(MODELS), made.model_files(), folder, made.model_folders())
        if self._job.step.options.alerts:
            outcome = replace(outcome, plain=small_json(attempt.members(), made.value))
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
