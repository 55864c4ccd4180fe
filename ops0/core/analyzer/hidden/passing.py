"""What calls give a function's parameters, and what the function gives back."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import Local, resolve
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.frames import Around, Function
from ops0.core.analyzer.syntax.model import FUNCTIONS

__all__ = [
    "Signature",
    "defaults_of",
    "function_named",
    "given_to",
    "handed_to",
    "is_itself",
    "returned_by",
    "signature_of",
]


def defaults_of(owner: Function) -> dict[str, ast.expr | None]:
    """Each parameter with its default."""
    arguments = owner.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults = [*missing, *arguments.defaults]
    found = {one.arg: default for one, default in zip(positional, defaults, strict=True)}
    found |= {
        one.arg: default
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    }
    if arguments.vararg is not None:
        found[arguments.vararg.arg] = None
    return found


@dataclass(frozen=True, slots=True)
class Signature:
    """What of a function says where a call's arguments go.

    positional: the names of what has a place;  rest: that of what takes more of them
    bound:      whether the first of them is the instance, for a method;  makes: whether it is called by its class
    """

    defaults: Mapping[str, ast.expr | None]
    positional: tuple[str, ...]
    rest: str | None
    bound: bool
    makes: bool

    @staticmethod
    def of(owner: Function) -> Signature:
        """That of one function."""
        arguments = owner.args
        return Signature(
            defaults=defaults_of(owner),
            positional=tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args)),
            rest=arguments.vararg.arg if arguments.vararg is not None else None,
            bound=not _is_static(owner),
            makes=owner.name == "__init__",
        )


@dataclass(frozen=True, slots=True)
class _Given:
    """What a call gives a parameter; ``site`` is held so that nothing else gets the id of its node."""

    site: Spot
    given: Spot | None
    itself: bool


def signature_of(module: Module, owner: Function) -> Signature:
    """That of a function of a module: the same for every step."""
    return module.memory.once(("signature", id(owner)), lambda: Signature.of(owner))


def given_to(owner: Signature, name: str, site: Spot, *, method: bool) -> Spot | None:
    """The argument that a call gives a parameter; None where it gives none that can be seen."""
    call = site.node
    assert isinstance(call, ast.Call)  # noqa: S101 - what sites are
    positional = owner.positional
    made = owner.makes or isinstance(call.func, ast.Attribute)
    if method and made and owner.bound and positional[:1] != (name,):
        positional = positional[1:]
    if owner.rest is not None and owner.rest == name:
        rest = ast.Tuple(call.args[len(positional) :], ast.Load())
        return site.at(ast.copy_location(rest, call))
    for keyword in call.keywords:
        if keyword.arg == name:
            return site.at(keyword.value)
    if name in positional:
        index = positional.index(name)
        before = call.args[: index + 1]
        if len(before) > index and not any(isinstance(one, ast.Starred) for one in before):
            return site.at(call.args[index])
    return None


def handed_to(
    module: Module, owner: Function, name: str, sites: Iterable[Spot], *, method: bool
) -> list[Spot | None]:
    """What calls of a function give a parameter, see given_to; without those that hand it on to itself.

    What one call gives is found once, whatever else a step knows.
    """
    signature = signature_of(module, owner)
    known = module.memory.once(("given", id(owner), name, method), dict[int, _Given])
    found: list[Spot | None] = []
    for site in sites:
        one = known.get(id(site.node))
        if one is None:
            given = given_to(signature, name, site, method=method)
            itself = given is not None and is_itself(given, owner, name)
            one = known[id(site.node)] = _Given(site, given, itself)
        if not one.itself:
            found.append(one.given)
    return found


def is_itself(given: Spot, owner: Function, name: str) -> bool:
    """Whether a function hands its own parameter on to itself."""
    inside = bool(given.around) and given.around[-1] is owner
    return inside and isinstance(given.node, ast.Name) and given.node.id == name


def _is_static(owner: Function) -> bool:
    return any((chain_of(one) or ("",))[-1] == "staticmethod" for one in owner.decorator_list)


def returned_by(owner: ast.AST) -> Iterator[ast.expr]:
    """What the ``return`` statements of a function give, without those of functions inside it."""
    pending = list(getattr(owner, "body", []))
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += [
                one
                for one in ast.iter_child_nodes(node)
                if isinstance(one, (ast.stmt, ast.ExceptHandler))
            ]


def function_named(spot: Spot, chain: tuple[str, ...]) -> tuple[Module, Around] | None:
    """The function of the project that a name means where a spot stands: the definitions around it, itself last."""
    for depth in range(len(spot.around), 0, -1):
        owner = spot.around[depth - 1]
        if chain[:-1] == (("self",) if isinstance(owner, ast.ClassDef) else ()):
            inside = _functions_in(spot.module, owner).get(chain[-1])
            if inside is not None:
                return spot.module, (*spot.around[:depth], inside)
    found = resolve(spot.module, chain)
    if isinstance(found, Local) and not found.rest:
        node = found.unit.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return found.module, (node,)
    return None


def _functions_in(module: Module, owner: Function | ast.ClassDef) -> Mapping[str, Function]:
    """The functions that stand directly in a definition, the first of each name."""

    def find() -> Mapping[str, Function]:
        inside = [one for one in owner.body if isinstance(one, FUNCTIONS)]
        return {one.name: one for one in reversed(inside)}

    return module.memory.once(("functions in", id(owner)), find)
