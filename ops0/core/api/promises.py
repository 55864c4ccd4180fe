"""Models that a step saves: written beside its result, kept once that is committed. Runs in images: Python 3.8.

``ops0.model.save`` in a step asks nobody and needs no network: it writes files, which the result's manifest names. So a
step that fails, or is made again, leaves no version, and one that is done leaves each exactly once.
"""

from __future__ import annotations

import os

from ops0.core.errors import Ops0Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

__all__ = ["NotKeptYet", "PromisedModel"]

MOST_MODELS = 100
"""Models that one attempt may save."""


class NotKeptYet(Ops0Error):
    """What is asked of a model that a step has saved is only known when the step's result is committed."""

    exit_code = 56

    def __init__(self, name: str, asked: str) -> None:
        super().__init__(
            f"model '{name}': its {asked} is not known before the step has ended",
            "look after the run: the event log and `ops0 run --json` tell it, ops0.model.save(..., alias=...) names it",
        )
        self.name = name


class PromisedModel:
    """A model that will be kept. ``name`` and ``alias`` as they were given; ``version`` and ``digest`` come later."""

    def __init__(self, name: str, alias: Optional[str]) -> None:
        self.name, self.alias = name, alias

    def __repr__(self) -> str:
        """Say what it is, as the preview of a result does."""
        return f"PromisedModel({self.name!r}, alias={self.alias!r})"

    @property
    def version(self) -> int:
        """Raises NotKeptYet."""
        raise NotKeptYet(self.name, "version")

    @property
    def digest(self) -> str:
        """Raises NotKeptYet."""
        raise NotKeptYet(self.name, "digest")


class Promises:
    """Where models go: ``folder``, one folder in it for each. ``roots``: import roots of the step's own code."""

    def __init__(self, folder: str, roots: Tuple[str, ...]) -> None:
        self.folder, self.roots = folder, roots
        self.entries: List[Dict[str, Any]] = []


_taking: List[Promises] = []


def take_promises(promises: Promises) -> None:
    """Let these have what is saved from now on. For the runner."""
    _taking[:] = [promises]


def is_in_step() -> bool:
    """Whether a runner takes what is saved in this process."""
    return bool(_taking)


def promised() -> List[Dict[str, Any]]:
    """List what was saved: ``{"name": …, "alias": …, "value": VALUE}``; its files are in the folder of its index."""
    return [entry for promises in _taking for entry in promises.entries]


def promise(model: Any, name: str, alias: Optional[str]) -> PromisedModel:
    """Write a model's files. Raises ValueFault; ValueError for too many."""
    from ops0.core.values.local import Locals  # noqa: PLC0415 - not for steps that save none
    from ops0.core.values.store import save_value  # noqa: PLC0415

    for promises in _taking:
        if len(promises.entries) >= MOST_MODELS:
            raise ValueError(f"ops0.model.save: more than {MOST_MODELS} models")
        folder = os.path.join(promises.folder, str(len(promises.entries)))
        os.makedirs(folder)
        value = save_value(model, folder, Locals(promises.roots), synced=False)
        promises.entries.append({"name": name, "alias": alias, "value": value})
    return PromisedModel(name, alias)
