"""ops0's decorators on a step, read without running them: options and declared requirements."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ops0.core.analyzer.errors import BadDecorator
from ops0.core.analyzer.project.literals import NotLiteral, literal
from ops0.core.analyzer.project.markers import MARKS, mark_of
from ops0.core.analyzer.project.module import Module
from ops0.core.api.alert import ALERT_ARGUMENTS, alert_fields
from ops0.core.api.attempts import retry_fields, timeout_seconds
from ops0.core.api.cleaning import cleanup_seconds
from ops0.core.api.keeping import cache_fields, check_names
from ops0.core.api.marks import MarkFault
from ops0.core.api.model import model_fields
from ops0.core.api.requiring import requires_fields
from ops0.core.api.secrets import check_secrets
from ops0.core.api.source_checks import SOURCE_ARGUMENTS, SOURCE_KEYWORDS, source_fields
from ops0.core.api.step_shape import step_fields
from ops0.core.api.surroundings import image_fields, resource_fields
from ops0.core.errors import AnalysisError, Ops0Error
from ops0.core.near import did_you_mean, nearest
from ops0.core.pipeline import Where
from ops0.core.quantities import QuantityError
from ops0.core.record_source import RecordSource
from ops0.core.requirements.declarations import Declaration, StepDeclared
from ops0.core.step_options import Alert, Caching, StepOptions

__all__ = ["StepMarks", "arguments_of", "read_marks"]

_SIGNATURES: Mapping[str, tuple[str, ...]] = {
    "step": (),
    "cache": ("ttl", "key"),
    "cleanup_after": ("minutes", "hours", "days", "seconds"),
    "retry": ("max_attempts", "backoff", "on"),
    "timeout": ("limit",),
    "resources": ("cpu", "memory", "gpu", "network", "native_code"),
    "image": ("base", "python", "group"),
    "requires": (),
    "secrets": (),
    "model.load": ("name",),
    **{f"alert.{kind}": names for kind, names in ALERT_ARGUMENTS.items()},
    **{f"source.{kind}": names for kind, names in SOURCE_ARGUMENTS.items()},
}
_KEYWORDS: Mapping[str, tuple[str, ...]] = {
    "step": ("name", "output"),
    "requires": ("apt",),
    "model.load": ("bake",),
    **{f"source.{kind}": names for kind, names in SOURCE_KEYWORDS.items()},
}
_CONCERNS = (
    "cache",
    "cleanup_after",
    "image",
    "requires",
    "resources",
    "retry",
    "secrets",
    "timeout",
)
"""What other tools take as arguments of a step, and ops0 as decorators of one concern each."""
_LIVE = frozenset({("retry", "on")})
"""Arguments that are looked at where the step runs: they are no text, and decide nothing before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepMarks:
    """What the decorators of one step say. ``name`` and ``output`` as given to ``@ops0.step``."""

    name: str | None = None
    output: str | None = None
    options: StepOptions = field(default_factory=StepOptions)
    declared: StepDeclared = field(default_factory=StepDeclared)


def read_marks(
    module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> tuple[StepMarks, list[Ops0Error]]:
    """Read all of ops0's decorators above a function, with everything that is wrong with them."""
    reading = _Reading()
    faults: list[Ops0Error] = []
    for decorator in node.decorator_list:
        mark = mark_of(module, decorator)
        if mark is None:
            continue
        where = module.where(decorator.lineno)
        try:
            given = arguments_of(module, decorator, mark)
            reading.add(mark, given, where)
            if mark == "cache":
                check_names(given.get("key"), _parameters(node))
        except (MarkFault, QuantityError) as fault:
            faults.append(BadDecorator(where, mark, str(fault), fault.hint))
        except AnalysisError as fault:
            faults.append(fault)
    return reading.marks(), faults


@dataclass(slots=True)
class _Reading:
    """What the decorators of one step have said so far."""

    values: dict[str, Any] = field(default_factory=dict)
    requires: list[Declaration] = field(default_factory=list)
    apt: list[Declaration] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    def add(self, mark: str, given: dict[str, Any], where: Where) -> None:
        """Note one decorator's arguments. Raises MarkFault and QuantityError."""
        kind, _, inner = mark.partition(".")
        if kind == "requires":
            named = requires_fields(given)
            self.requires += [Declaration(one, where) for one in named["distributions"]]
            self.apt += [Declaration(one, where) for one in named["apt"]]
        elif kind == "alert":
            self.alerts.append(Alert(**alert_fields(inner, given)))
        elif kind == "source":
            self.values["source"] = _source(inner, given, self.values.get("source"))
        else:
            self.values.update(_READ[mark](given) if mark in _READ else {})

    def marks(self) -> StepMarks:
        """All of it, as a value."""
        options = dict(self.values)
        name, output = options.pop("name", None), options.pop("output", None)
        return StepMarks(
            name=name,
            output=output,
            options=StepOptions(**options, alerts=tuple(self.alerts)),
            declared=StepDeclared(requires=tuple(self.requires), apt=tuple(self.apt)),
        )


def arguments_of(module: Module, decorator: ast.expr, mark: str) -> dict[str, Any]:
    """The arguments of one decorator by name; "*" holds the free ones of ``requires``.

    raises: BadDecorator
    """
    where = module.where(decorator.lineno)
    if mark not in MARKS:
        there_are = sorted({*_SIGNATURES, "pipeline"})
        raise BadDecorator(
            where,
            mark,
            "ops0 has no such decorator",
            did_you_mean(mark, there_are) or f"there are: {', '.join(there_are)}",
        )
    if not isinstance(decorator, ast.Call):
        if mark in ("step", "pipeline", "cache"):
            return {}
        raise BadDecorator(where, mark, "its arguments are missing", f"write @ops0.{mark}(...)")
    known = (*_SIGNATURES.get(mark, ()), *_KEYWORDS.get(mark, ()))
    given = _unnamed(module, decorator, mark, known)
    if mark == "secrets":  # its arguments are the variables
        known = tuple(one.arg for one in decorator.keywords if one.arg is not None)
    for keyword in decorator.keywords:
        if keyword.arg is None or keyword.arg not in known or keyword.arg in given:
            fact = (
                f"'{keyword.arg}' is no argument of it"
                if keyword.arg
                else "its arguments are not written out"
            )
            hint = _meant(keyword.arg or "", mark, known)
            raise BadDecorator(where, mark, fact, hint)
        given[keyword.arg] = _value(module, keyword.value, mark, keyword.arg)
    return given


def _meant(name: str, mark: str, known: tuple[str, ...]) -> str:
    """What an argument may have meant: one that the decorator takes, or a decorator of its own."""
    takes = f"it takes: {', '.join(known) or 'none'}"
    if nearest(name, known):
        return did_you_mean(name, known, takes)
    concerns = {one: f"@ops0.{one}(...)" for one in _CONCERNS}
    for concern in _CONCERNS:
        words = (*_SIGNATURES[concern], *_KEYWORDS.get(concern, ()))
        concerns |= {word: f"@ops0.{concern}({word}=...)" for word in words if word not in concerns}
    near = nearest(name, concerns) if mark == "step" else ()
    return f"write {concerns[near[0]]} on the step; {takes}" if near else takes


def _unnamed(
    module: Module, decorator: ast.Call, mark: str, known: tuple[str, ...]
) -> dict[str, Any]:
    """The arguments that are given by their place."""
    if mark == "requires":
        return {"*": [_value(module, one, mark) for one in decorator.args]}
    positional = _SIGNATURES.get(mark, ())
    if len(decorator.args) > len(positional):
        hint = f"it takes: {', '.join(known)}"
        if mark == "secrets":
            hint = 'write @ops0.secrets(TOKEN="env:TOKEN"): the step\'s variable = where it is looked up'
        where = module.where(decorator.lineno)
        raise BadDecorator(where, mark, "too many arguments without a name", hint)
    pairs = zip(positional, decorator.args, strict=False)
    return {name: _value(module, one, mark, name) for name, one in pairs}


def _value(module: Module, node: ast.expr, mark: str, name: str = "") -> Any:
    if (mark, name) in _LIVE:
        return None
    try:
        return literal(module, node)
    except NotLiteral:
        raise BadDecorator(
            module.where(node.lineno),
            mark,
            f"`{ast.unparse(node)[:60]}` is only known when the code runs",
            "write the value itself, or a constant of the module",
        ) from None


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    return tuple(
        one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    )


def _retry(given: Mapping[str, Any]) -> dict[str, Any]:
    fields = retry_fields(given)
    return {"retry_attempts": fields["max_attempts"], "retry_backoff": fields["backoff"]}


def _source(kind: str, given: Mapping[str, Any], before: RecordSource | None) -> RecordSource:
    if before is not None:
        raise MarkFault("a step has one source", "make a step of each")
    return RecordSource(**source_fields(kind, given))


def _secrets(given: Mapping[str, Any]) -> dict[str, Any]:
    check_secrets(given)
    return {"secrets": tuple(sorted(given.items()))}


_READ: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "step": step_fields,
    "cache": lambda given: {"cache": Caching(**cache_fields(given))},
    "cleanup_after": lambda given: {"cleanup_after": cleanup_seconds(given)},
    "retry": _retry,
    "timeout": lambda given: {"timeout": timeout_seconds(given.get("limit", 0))},
    "resources": resource_fields,
    "image": image_fields,
    "secrets": _secrets,
    "model.load": model_fields,
}
