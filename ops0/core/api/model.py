"""``@ops0.model.load("name")`` and ``ops0.model.save(model, "name")``. Runs in images: Python 3.8.

``load`` marks a function and gives it back. The host looks the model up and hands its files in, read-only, with their
digests; the step's own process reads them. ``save`` keeps a model at once on the host; in a step it writes its files,
and the host keeps them when the step's result is committed (promises.py).
"""

from __future__ import annotations

import re

from ops0.core.api import signature
from ops0.core.api.marks import (
    MarkFault,
    StepDefinitionError,
    checked,
    flag,
    marks_of,
    place_of,
    plain,
)
from ops0.core.errors import Ops0Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Mapping, Optional, TypeVar, Union

    from ops0.core.api.promises import PromisedModel
    from ops0.core.models.store import ModelVersion

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["load", "save"]

PARAMETER = "model"
SERVER = "mlflow:"
"""How names of models begin that an MLflow server keeps, not this machine."""
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
_PLACE = rf"({SERVER})?"
_SAVED = re.compile(_PLACE + _NAME)
_REFERENCE = re.compile(rf"{_PLACE}{_NAME}(@{_NAME})?")


class NoModelStore(Ops0Error):
    """``ops0.model.save`` in a container but outside of its step, as while a module is imported."""

    exit_code = 56


def load(name: str, *, bake: bool = False) -> Callable[[F], F]:
    """Fill the parameter ``model`` of a step: ``@ops0.model.load("fraud-detector-v2")``.

    name:   of a model, its newest version; ``name@3`` or ``name@production``: that version, or the one of that alias;
            ``mlflow:name@…`` from the MLflow server of MLFLOW_TRACKING_URI
    bake:   whether the step's image contains the model, as a layer of its own; then a new version builds a new image
    raises: StepDefinitionError
    """
    fields = checked("@ops0.model.load", model_fields, {"name": name, "bake": bake})

    def mark(function: F) -> F:
        given = plain(function, "@ops0.model.load")
        marks = marks_of(given)
        place = place_of(function)
        if "model.load" in marks:
            raise StepDefinitionError("@ops0.model.load is said twice", "keep one", place)
        if PARAMETER not in signature.parameter_names(given):
            raise StepDefinitionError(
                f"@ops0.model.load: '{function.__name__}' has no parameter '{PARAMETER}'",
                f"add it: def {function.__name__}(..., {PARAMETER})",
                place,
            )
        marks["model.load"] = fields["model"]
        return function

    return mark


def save(
    model: Any, name: str, *, alias: Optional[str] = None
) -> Union[ModelVersion, PromisedModel]:
    """Keep a model on this machine, or on an MLflow server, as the next version of its name.

    Called in a step of a run it gives a PromisedModel, and the model is kept when the step's result is committed.

    name:   where it begins with ``mlflow:``, of a registered model on the server of MLFLOW_TRACKING_URI
    model:  any value that may cross an edge, or what ``ops0.run(mode="containers")`` gave: its files are then taken as
            they are, never unpickled, and the version knows the run, the call and the image that made it
    alias:  a name for this version, as ``production``; taken from the version that had it
    raises: StepDefinitionError for a name that cannot be one, ValueFault for what cannot be stored, NoModelStore,
            StorageFault where the server does not answer or refuses
    """
    for given, form in ((name, _SAVED), *([] if alias is None else [(alias, re.compile(_NAME))])):
        if not isinstance(given, str) or not form.fullmatch(given):
            raise StepDefinitionError(
                f"ops0.model.save: {given!r:.80} cannot name a model",
                "use letters, digits, '.', '_' and '-', at most 100",
            )
    if alias is not None and alias.isdigit():
        raise StepDefinitionError(f"ops0.model.save: alias {alias!r} is a version", "use a word")
    from ops0.core.api.promises import is_in_step, promise  # noqa: PLC0415 - most steps save none

    if is_in_step():
        return promise(model, name, alias)
    try:
        from ops0.core.models.store import save_model  # noqa: PLC0415 - no image has it
    except ImportError:
        raise NoModelStore(
            "ops0.model.save: a container keeps models of its step only",
            "call it in the step's function",
        ) from None
    return save_model(model, name, alias)


def is_saved_name(name: str, alias: Optional[str]) -> bool:
    """Whether a model can be saved by this name, and the version have this alias."""
    if not _SAVED.fullmatch(name):
        return False
    return alias is None or (re.fullmatch(_NAME, alias) is not None and not alias.isdigit())


def model_fields(given: Mapping[str, Any]) -> Dict[str, Any]:
    """Check the arguments of ``@ops0.model.load``: ``model``, what it is called, and ``bake``. Raises MarkFault."""
    name = given.get("name")
    if not isinstance(name, str) or not _REFERENCE.fullmatch(name):
        raise MarkFault(
            f"{name!r:.80} cannot name a model",
            'write "fraud-detector-v2", "name@3" or "name@alias"',
        )
    return {"model": name, "bake": flag(given.get("bake", False), "bake")}
