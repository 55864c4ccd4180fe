"""Everything that can go wrong, as one tree. This file also runs in images: Python 3.8, standard library.

::

    Ops0Error                       1
    ├── SettingsError              3-9     settings files, options
    ├── AnalysisError            10-19     the user's source
    │   └── InvalidPipelineError   15     edges, providers, cycles
    ├── LockError                20-29     resolution, hashes, wheels
    ├── PlanError                30-39     bases, names, limits of an image
    ├── BuildError               40-49     BuildKit, proofs
    ├── RunError                 50-59     steps and values
    ├── EngineError              60-69     the Docker Engine itself
    ├── HostError                70-79     this machine: room and rights
    ├── BundleError              80-89     image layouts and bundles
    ├── RegistryError            90-99     image registries
    └── DeploymentError        100-109     deployments

A message says place and fact; ``hint`` says what to do and is printed on a line of its own. Facts are
attributes too, so that tests read them instead of the text. Exit code 2 is click's own (usage), 130 is Ctrl-C.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing costs milliseconds at every start of a step
if TYPE_CHECKING:
    from typing import List, Optional, Sequence


class Ops0Error(Exception):
    """The base of all errors of ops0. ``exit_code``: what the command exits with; ``hint``: what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: Optional[str] = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self._added: List[str] = []

    def __str__(self) -> str:
        return self.message

    def add_note(self, note: str) -> None:
        """As Python's own from 3.11 on."""
        self._added.append(note)

    @property
    def __notes__(self) -> List[str]:
        """What Python shows below a traceback: ``python flow.py`` has no other place for what to do."""
        hints = dict.fromkeys(one.hint for one in members(self) if one.hint)
        return [*(f"hint: {hint}" for hint in hints), *self._added]

    def _render_traceback_(self) -> List[str]:
        """What IPython shows in place of a traceback: the user's own frames stand in the message already."""
        return [f"{type(self).__name__}: {self}", *([f"hint: {self.hint}"] if self.hint else [])]


class ErrorGroup(Ops0Error):
    """Faults found together, reported together. Its exit code is its first member's."""

    def __init__(self, errors: Sequence[Ops0Error]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = tuple(errors)
        self.exit_code = self.errors[0].exit_code if self.errors else 1

    def _render_traceback_(self) -> List[str]:
        return [line for error in self.errors for line in error._render_traceback_()]


class SettingsError(Ops0Error):
    """A settings file or an option that cannot be used."""

    exit_code = 3


class AnalysisError(Ops0Error):
    """The user's source cannot be analysed."""

    exit_code = 10


class InvalidPipelineError(AnalysisError):
    """The steps and the edges between them do not form a pipeline."""

    exit_code = 15


class LockError(Ops0Error):
    """Requirements cannot be resolved, fetched or trusted."""

    exit_code = 20


class PlanError(Ops0Error):
    """No image can be planned from this."""

    exit_code = 30


class BuildError(Ops0Error):
    """An image could not be built or did not prove its needs."""

    exit_code = 40


class RunError(Ops0Error):
    """A run did not reach its results."""

    exit_code = 50


class EngineError(Ops0Error):
    """The Docker Engine is missing, too old, out of reach or out of room."""

    exit_code = 60


class HostError(Ops0Error):
    """The machine does not let ops0 do its work: no room, no right."""

    exit_code = 70


class BundleError(Ops0Error):
    """Images could not be taken out of an engine, or what holds them cannot be trusted."""

    exit_code = 80


class RegistryError(Ops0Error):
    """A registry is out of reach, refuses, or holds something else."""

    exit_code = 90


class DeploymentError(Ops0Error):
    """A deployment that is not there, or cannot be run."""

    exit_code = 100


def raise_together(errors: Sequence[Ops0Error]) -> None:
    """Raise nothing for none, the error itself for one, an ErrorGroup for more.

    Groups among them are opened. What has the same text is the same fault, met twice.
    """
    single = list(
        {(type(one), str(one)): one for error in errors for one in members(error)}.values()
    )
    if len(single) == 1:
        raise single[0]
    if single:
        raise ErrorGroup(single)


def members(error: Ops0Error) -> Sequence[Ops0Error]:
    """The errors of a group, or the one error itself."""
    return error.errors if isinstance(error, ErrorGroup) else (error,)
