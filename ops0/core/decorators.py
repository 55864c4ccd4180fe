"""``@ops0.step``, ``@ops0.pipeline`` and the decorators of one concern each. Runs in images: Python 3.8.

They mark a function and give it back: a decorated function is the function itself, so calls, pickles,
tracebacks and debuggers see nothing of ops0. The order of decorators does not matter. Marks are read
statically by the analysis; here they are checked, so that a mistake shows where it was made.
"""

from __future__ import annotations

import re

from ops0.core.api import signature
from ops0.core.api.attempts import retry, timeout
from ops0.core.api.cleaning import cleanup_after
from ops0.core.api.each import Each
from ops0.core.api.keeping import cache
from ops0.core.api.marks import (
    StepDefinitionError,
    checked,
    options_of,
    place_of,
    plain,
)
from ops0.core.api.requiring import requires
from ops0.core.api.scope import PipelineScope, mark_pipeline, next_number, place_among
from ops0.core.api.secrets import secrets
from ops0.core.api.step_shape import (
    ASYNCHRONOUS,
    METHOD,
    POSITIONAL_ONLY,
    STARRED,
    WRAPPED,
    is_step_name,
    step_fields,
)
from ops0.core.api.surroundings import image, resources

TYPE_CHECKING = False
if not TYPE_CHECKING:

    def overload(function):
        """Stand in for typing.overload: loading typing costs milliseconds at every start of a step."""
        return function


if TYPE_CHECKING:
    from types import FunctionType
    from typing import (  # noqa: TC004 - see overload above
        Any,
        Callable,
        Dict,
        List,
        Optional,
        ParamSpec,
        Protocol,
        TypeVar,
        Union,
        overload,
    )

    P = ParamSpec("P")
    R = TypeVar("R")
    F = TypeVar("F", bound=Callable[..., Any])

    class Step(Protocol[P, R]):
        """A function that is a step, as type checkers see it."""

        __name__: str
        is_ops0_step: bool
        input_signature: Dict[str, Any]
        output_signature: Any

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
            """Run the function."""
            ...

        def map(self, *items: Any, **same: Any) -> List[R]:
            """Run the function for each item, in a pipeline as a call, and so a container, of its own."""
            ...


__all__ = [
    "StepDefinitionError",
    "cache",
    "cleanup_after",
    "image",
    "options_of",
    "pipeline",
    "requires",
    "resources",
    "retry",
    "secrets",
    "step",
    "timeout",
]

_PIPELINE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}")


@overload
def step(function: Callable[P, R]) -> Step[P, R]: ...
@overload
def step(
    *, name: Optional[str] = None, output: Optional[str] = None
) -> Callable[[Callable[P, R]], Step[P, R]]: ...
def step(
    function: Optional[Callable[..., Any]] = None,
    *,
    name: Optional[str] = None,
    output: Optional[str] = None,
) -> Any:
    """Make a function a step: ``@ops0.step`` or ``@ops0.step(name="clean-rows", output="rows")``.

    name:    what the step is called; default: the function's own name
    output:  the name by which later steps may take its result
    returns: the function itself, with ``is_ops0_step``, ``input_signature`` ({parameter: type, or (type,
             default)}), ``output_signature`` and ``map``: ``train.map(folds, strength=0.5)`` calls it for each item and
             returns the list of results; named arguments are the same for all
    raises:  StepDefinitionError
    """
    if function is None:
        return lambda decorated: _mark_step(decorated, name, output)
    return _mark_step(function, name, output)


@overload
def pipeline(name: F) -> F: ...
@overload
def pipeline(name: Optional[str] = None) -> PipelineScope: ...
def pipeline(name: Union[Callable[..., Any], str, None] = None) -> Any:
    """Define a pipeline, by a function that calls steps or by a block that contains them.

    use:    ``@ops0.pipeline`` above a function, or ``with ops0.pipeline("name"):``
    raises: StepDefinitionError
    """
    if callable(name):
        return mark_pipeline(name, None)
    if name is not None and not (isinstance(name, str) and _PIPELINE_NAME.fullmatch(name)):
        raise StepDefinitionError(
            f"{name!r:.80} cannot name a pipeline",
            "use letters, digits, '.', '_' and '-', at most 63",
        )
    return PipelineScope(name)


def _mark_step(given: Any, name: Optional[str], output: Optional[str]) -> Any:
    function = plain(given, "@ops0.step")
    place = place_of(function)
    _check_shape(function, place)
    checked("@ops0.step", step_fields, {"name": name, "output": output}, place=place)
    name = function.__name__ if name is None else name
    if not is_step_name(name):
        raise StepDefinitionError(
            f"{name!r:.80} cannot name a step",
            "say @ops0.step(name=...): letters, digits, '.', '_' and '-', the first a letter or digit, at most 63",
            place,
        )
    function.is_ops0_step = True
    function.map = Each(function)
    function.__ops0_name__, function.__ops0_output__ = name, output
    function.__ops0_number__ = next_number()
    function.__ops0_place__ = place_among(signature.innermost(function), function.__ops0_number__)
    function.input_signature = signature.input_signature(function)
    function.output_signature = signature.output_signature(function)
    return function


def _check_shape(function: FunctionType, place: str) -> None:
    """Refuse functions that cannot be called by the names of their parameters, once, to the end."""
    code = signature.innermost(function).__code__
    name = function.__name__
    if signature.is_async(code):
        fact, hint = ASYNCHRONOUS
    elif signature.has_star(code):
        fact, hint = WRAPPED if "<locals>" in function.__qualname__ else STARRED
    elif code.co_posonlyargcount:
        fact, hint = POSITIONAL_ONLY
    elif "." in function.__qualname__.rpartition("<locals>.")[2]:
        name, (fact, hint) = function.__qualname__, METHOD
    else:
        return
    raise StepDefinitionError(f"step '{name}' {fact}", hint, place)
