"""What a call's arguments are known to be: texts from literals, constants, defaults and variables assigned once.

An unknown part of a text is shown as ``…``, so that its known beginning and end can still be told: ``s3://…/x.csv``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.paths import class_constant, constant_behind
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.model import CallUse

__all__ = ["UNKNOWN", "KnownArguments", "known_arguments"]

UNKNOWN = "…"
_DEEPEST = 12
_MOST = 4
_LONGEST = 2_000
_MOST_LOOKS = 400
_FIELD = re.compile(r"\{[^{}]*\}|%(?:\([^)]*\))?[-#0-9.+ ]*[sdfrxieg]")
_READERS = frozenset({("os", "environ", "get"), ("environ", "get"), ("os", "getenv"), ("getenv",)})
_SAME = frozenset({"str", "Path", "PurePath", "PosixPath", "PurePosixPath", "fspath"})
_NO_TEXTS = frozenset({"None", "True", "False"})
_KEPT = frozenset({"as_posix", "expanduser", "format", "lower", "resolve", "rstrip", "strip"})

Scopes = tuple[Mapping[str, ast.expr | None], ...]


@dataclass(frozen=True, slots=True)
class KnownArguments:
    """The known arguments of one call.

    literals: (position or keyword, text); one tuple for each alternative: ``engine="a" if x else "b"`` gives two, and
              so does ``["a", "b"]``. A keyword's number, or table without texts, is ``…``
    nodes:    the strings of the code that are part of them, by identity
    """

    literals: tuple[tuple[tuple[str, str], ...], ...]
    nodes: frozenset[int]


def known_arguments(module: Module, call: CallUse) -> KnownArguments:
    """What is known of a call's arguments without running anything."""
    reading = _Reading()
    plain: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for key, node in _arguments(module, call, reading):
        found = tuple(dict.fromkeys(reading.texts(module, node, call.local, 0)))[:_MOST]
        if found:
            plain.append((key, found[0]))
            others += [(key, text) for text in found[1:]]
        elif not key.isdigit() and _is_written_out(node):
            plain.append((key, UNKNOWN))
    first = tuple(plain)
    more = (
        tuple((key, text if key == other else value) for key, value in first)
        for other, text in others
    )
    return KnownArguments((first, *more), frozenset(reading.nodes))


def _is_written_out(node: ast.expr) -> bool:
    """Whether an argument that is no text stands in the code: ``chunks={"time": 30}``, ``chunks=100``."""
    return isinstance(node, ast.Dict) or (
        isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
    )


def _arguments(module: Module, call: CallUse, reading: _Reading) -> Iterator[tuple[str, ast.expr]]:
    """Each argument by its position or keyword; ``**{"engine": x}`` opened."""
    for index, one in enumerate(call.node.args):
        if isinstance(one, ast.Starred):
            break
        yield str(index), one
    for word in call.node.keywords:
        if word.arg is not None:
            yield word.arg, word.value
        else:
            yield from reading.items(module, word.value, call.local)


@dataclass
class _Reading:
    """One look at a call.

    nodes: the strings that were met;    left: how many expressions it may still look at: alternatives multiply
    """

    nodes: set[int] = field(default_factory=set)
    left: int = _MOST_LOOKS

    def texts(self, module: Module, node: ast.expr, local: Scopes, depth: int) -> Iterator[str]:
        """Every text that an expression is known to be, the likeliest first."""
        self.left -= 1
        if depth > _DEEPEST or self.left < 0:
            return
        if isinstance(node, ast.Constant):
            yield from self._constant(node)
        elif isinstance(node, (ast.IfExp, ast.BoolOp)):
            parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values
            for part in parts:
                yield from self.texts(module, part, local, depth + 1)
        elif isinstance(node, ast.JoinedStr):
            yield from _joined([self._part(module, one, local, depth) for one in node.values])
        elif isinstance(node, ast.BinOp):
            yield from self._operation(module, node, local, depth)
        elif isinstance(node, ast.Call):
            yield from self._call(module, node, local, depth)
        elif isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) == 1:
            yield from self.texts(module, node.elts[0], local, depth + 1)
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set, ast.Dict)):
            yield from self._elements(module, node, local, depth)
        else:
            found = self._behind(module, node, local, depth)
            if found is not None:
                yield from self.texts(*found, depth + 1)

    def _elements(
        self,
        module: Module,
        node: ast.List | ast.Tuple | ast.Set | ast.Dict,
        local: Scopes,
        depth: int,
    ) -> Iterator[str]:
        """The texts in a list or the values in a table, each as if it were given alone: ``["wandb", "mlflow"]``.

        The call may hand them on, so they are not noted as met.
        """
        apart = _Reading(left=self.left)
        for part in node.values if isinstance(node, ast.Dict) else node.elts:
            for text in apart.texts(module, part, local, depth + 1):
                self.left = apart.left
                if text not in _NO_TEXTS:
                    yield text

    def items(
        self, module: Module, node: ast.expr, local: Scopes, depth: int = 0
    ) -> Iterator[tuple[str, ast.expr]]:
        """The items of a table that stands in the code, or behind a name: ``{"engine": x}``, ``dict(engine=x)``."""
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        elif isinstance(node, ast.Call) and chain_of(node.func) == ("dict",):
            for word in node.keywords:
                if word.arg is not None:
                    yield word.arg, word.value
        elif depth < _DEEPEST and isinstance(node, (ast.Name, ast.Attribute)):
            found = self._behind(module, node, local, depth)
            if found is not None:
                yield from self.items(found[0], found[1], found[2], depth + 1)

    def _constant(self, node: ast.Constant) -> Iterator[str]:
        if node.value is None or isinstance(node.value, bool):
            yield str(node.value)
        elif isinstance(node.value, str):
            self.nodes.add(id(node))
            yield node.value

    def _first(self, module: Module, node: ast.expr, local: Scopes, depth: int) -> str:
        return next(self.texts(module, node, local, depth + 1), UNKNOWN)

    def _part(self, module: Module, node: ast.expr, local: Scopes, depth: int) -> str:
        value = node.value if isinstance(node, ast.FormattedValue) else node
        return self._first(module, value, local, depth)

    def _operation(
        self, module: Module, node: ast.BinOp, local: Scopes, depth: int
    ) -> Iterator[str]:
        left = self._first(module, node.left, local, depth)
        if isinstance(node.op, ast.Mod) and left != UNKNOWN:
            yield _opened(left)
        elif isinstance(node.op, (ast.Add, ast.Div)):
            right = self._first(module, node.right, local, depth)
            between = ["/"] if isinstance(node.op, ast.Div) else []
            if (left, right) != (UNKNOWN, UNKNOWN):
                yield from _joined([left, *between, right])

    def _call(self, module: Module, node: ast.Call, local: Scopes, depth: int) -> Iterator[str]:
        """Calls that give back what they are given: defaults of the environment, paths, texts."""
        chain = chain_of(node.func) or ("",)
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        name = node.func.attr if isinstance(node.func, ast.Attribute) else chain[-1]
        if chain in _READERS or (name == "get" and len(node.args) == 2):
            for part in (*node.args[1:2], *(one.value for one in node.keywords)):
                yield from self.texts(module, part, local, depth + 1)
        elif name in _SAME and len(node.args) == 1:
            yield from self.texts(module, node.args[0], local, depth + 1)
        elif name == "join" and chain[-2:-1] == ("path",):
            yield from _joined(
                [
                    part
                    for one in node.args
                    for part in ("/", self._first(module, one, local, depth))
                ][1:]
            )
        elif owner is not None and name in _KEPT:
            for text in self.texts(module, owner, local, depth + 1):
                yield _opened(text) if name == "format" else text

    def _behind(
        self, module: Module, node: ast.expr, local: Scopes, depth: int
    ) -> tuple[Module, ast.expr, Scopes] | None:
        """The expression behind a name: of a scope around, else a constant of a module or class."""
        if isinstance(node, ast.Subscript):
            key = node.slice
            for name, value in self.items(module, node.value, local, depth + 1):
                if isinstance(key, ast.Constant) and key.value == name:
                    return module, value, local
            return None
        if isinstance(node, ast.Name):
            for scope in local:
                if node.id in scope:
                    behind = scope[node.id]
                    return None if behind is None else (module, behind, local)
        chain = chain_of(node)
        if chain is None or any(chain[0] in scope for scope in local):
            return None
        found = constant_behind(module, node, depth) or class_constant(module, node)
        return None if found is None else (*found, ())


def _opened(text: str) -> str:
    """A template with its fields unknown."""
    return _FIELD.sub(UNKNOWN, text) if len(text) <= _LONGEST else text


def _joined(parts: list[str]) -> Iterator[str]:
    """Parts in a row as one text, unless nothing of it is known."""
    text = re.sub(f"{UNKNOWN}+", UNKNOWN, "".join(parts))
    if text.strip(f"{UNKNOWN}/") and len(text) <= _LONGEST:
        yield text
