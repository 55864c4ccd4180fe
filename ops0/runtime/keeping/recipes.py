"""What a call's result follows from: its step's code and its inputs, as digests. Equal recipes, equal results. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ops0.core.api.keeping import fill_key
from ops0.core.digest import digest_of
from ops0.core.few import few
from ops0.core.pipeline import (
    Call,
    CallId,
    FromCall,
    FromCalls,
    FromParam,
    FromParts,
    Input,
    JsonValue,
    Step,
)
from ops0.runtime.outputs.manifest import Value
from ops0.runtime.outputs.value_digest import value_digest

_FORMAT = 1

Content = Callable[[str], str | None]
"""A text that is given to a step -> the digest of the file that it names, or None where it names none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """One call. ``code``: a digest;  inputs: parameter -> digest of what it is given, ``.model`` for a kept model."""

    code: str
    inputs: Mapping[str, str]


def recipe_of(
    call: Call,
    code: str,
    params: Mapping[str, JsonValue],
    value: Callable[[CallId], Value],
    *,
    model: str | None = None,
    content: Content = lambda _: None,
) -> Recipe:
    """The recipe of a call whose producers are done.

    value: what a producer gave;  model: the digest of the model that fills a parameter
    """
    inputs = {name: _input_digest(source, params, value, content) for name, source in call.inputs}
    return Recipe(code=code, inputs=inputs if model is None else {**inputs, ".model": model})


def _input_digest(
    source: Input,
    params: Mapping[str, JsonValue],
    value: Callable[[CallId], Value],
    content: Content,
) -> str:
    if isinstance(source, FromParts):
        parts = [_input_digest(one, params, value, content) for one in source.parts]
        return digest_of([source.shape, parts])
    if isinstance(source, FromCalls):
        return digest_of([value_digest(value(one)) for one in source.calls])
    if isinstance(source, FromCall):
        given = value(source.call)
        if source.item is not None and given.parts is not None and source.item < len(given.parts):
            return value_digest(given.parts[source.item])
        return digest_of([value_digest(given), source.item])
    plain = plain_input(source, params)
    named = content(plain) if isinstance(plain, str) else None
    return digest_of(plain if named is None else [plain, named])


def plain_input(source: Input, params: Mapping[str, JsonValue]) -> JsonValue:
    """An argument that no call gives, as JSON; None for one that a call gives, or that is put together."""
    if isinstance(source, (FromCall, FromCalls, FromParts)):
        return None
    if isinstance(source, FromParam):
        return params.get(source.param, source.default)
    return source.value


def cache_key(
    pipeline: tuple[str | None, str],
    step: Step,
    call: Call,
    recipe: Recipe,
    params: Mapping[str, JsonValue],
) -> str:
    """What a result is kept by, 64 hex digits: its code, and its inputs or the text that stands for them.

    pipeline: the root of its project, and its name. A result holds wherever the same project lies, unless a secret is a
              file beside it: another checkout has another
    The step is one with ``@ops0.cache``. In its key an argument that a call gives is told by its digest.
    """
    key = None if step.options.cache is None else step.options.cache.key
    told = dict(recipe.inputs) if key is None else fill_key(key, _texts(step, call, recipe, params))
    references = [list(pair) for pair in step.options.secrets]
    root, name = pipeline
    own = [root] if any(_is_beside(reference) for _, reference in references) else []
    return digest_of([_FORMAT, name, step.name, recipe.code, references, told, *own])


def _is_beside(reference: str) -> bool:
    """Whether a secret's file is named from the project's folder."""
    kind, _, path = reference.partition(":")
    return kind == "file" and not path.startswith(("/", "~"))


def _texts(
    step: Step, call: Call, recipe: Recipe, params: Mapping[str, JsonValue]
) -> Mapping[str, str]:
    texts = {one.name: one.default or "" for one in step.parameters}
    for name, source in call.inputs:
        plain = plain_input(source, params)
        made = isinstance(source, (FromCall, FromCalls, FromParts))
        by_digest = made or isinstance(plain, (list, dict))
        texts[name] = recipe.inputs[name] if by_digest else str(plain)
    if ".model" in recipe.inputs:
        texts["model"] = recipe.inputs[".model"]
    return texts


def difference(before: Recipe, now: Recipe) -> str | None:
    """What has changed, in words; None where nothing has."""
    if before.code != now.code:
        return "its code or what it needs has changed"
    names = [*now.inputs, *(name for name in before.inputs if name not in now.inputs)]
    changed = [name for name in names if before.inputs.get(name) != now.inputs.get(name)]
    if not changed:
        return None
    shown = few(["its model" if name == ".model" else f"'{name}'" for name in changed], 3)
    verb = "has" if len(changed) == 1 else "have"
    return f"{shown} {verb} changed"
