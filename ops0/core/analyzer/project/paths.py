"""Expressions that name files: ``Path(__file__).parent / "x.csv"``, evaluated without running anything."""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, resolve
from ops0.core.analyzer.project.roots import join
from ops0.core.analyzer.syntax.conditions import chain_of

__all__ = ["KnownPath", "class_constant", "constant_behind", "known_path", "known_text"]

_DEEPEST = 24
_SAME = frozenset(
    {
        "resolve",
        "absolute",
        "expanduser",
        "as_posix",
        "abspath",
        "realpath",
        "normpath",
        "fspath",
        "str",
    }
)
_JOINERS = frozenset({"joinpath", "join"})
_PATHS = frozenset({"Path", "PurePath", "PosixPath", "PurePosixPath"})


@dataclass(frozen=True, slots=True)
class KnownPath:
    """A path as far as it is known.

    text:     relative to the project's root if ``anchored`` (it came from ``__file__``), else as written
    complete: nothing unknown follows
    like:     the whole, with what the run decides as ``UNKNOWN_PART``; empty where only the beginning is known
    """

    text: str
    anchored: bool = False
    complete: bool = True
    like: str = ""


def known_text(module: Module, node: ast.AST, depth: int = 0) -> str | None:
    """The string that an expression is: a literal, or a constant of this or another module; else None."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    value = constant_behind(module, node, depth)
    return known_text(value[0], value[1], depth + 1) if value is not None else None


def known_path(module: Module, node: ast.AST, depth: int = 0) -> KnownPath | None:
    """The path that an expression names, or its known beginning; None where not even that is known."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Constant):
        return KnownPath(node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _joined(module, [node.left, node.right], depth)
    if isinstance(node, ast.Subscript):
        return _up(module, node, depth)
    if isinstance(node, ast.Attribute) and node.attr == "parent":
        return _parent(known_path(module, node.value, depth + 1))
    if isinstance(node, ast.Call):
        return _called(module, node, depth)
    if chain_of(node) == ("__file__",) and "__file__" not in module.bindings:
        return KnownPath(module.path, anchored=True)
    value = constant_behind(module, node, depth)
    return known_path(value[0], value[1], depth + 1) if value is not None else None


def _called(module: Module, node: ast.Call, depth: int) -> KnownPath | None:
    func = node.func
    name = (
        func.attr
        if isinstance(func, ast.Attribute)
        else func.id
        if isinstance(func, ast.Name)
        else ""
    )
    owner = func.value if isinstance(func, ast.Attribute) else None
    of_path = owner is not None and chain_of(owner) not in (
        ("os", "path"),
        ("path",),
        ("os",),
        ("osp",),
    )
    if name in _PATHS:
        return _joined(module, node.args, depth) if node.args else KnownPath("")
    if name in _SAME:
        inner = owner if of_path and not node.args else next(iter(node.args), None)
        return known_path(module, inner, depth + 1) if inner is not None else None
    if name in _JOINERS:
        if name == "join" and of_path and isinstance(owner, ast.Constant):
            return None
        return _joined(
            module, ([owner] if of_path and owner is not None else []) + node.args, depth
        )
    if name == "dirname" and node.args:
        return _parent(known_path(module, node.args[0], depth + 1))
    if name == "files" and len(node.args) == 1:
        return _package_folder(module, node.args[0])
    return None


def _joined(module: Module, parts: list[ast.expr], depth: int) -> KnownPath | None:
    path = known_path(module, parts[0], depth + 1)
    for part in parts[1:]:
        if path is None or not path.complete:
            return path
        step = known_path(module, part, depth + 1)
        if step is None or step.anchored:
            return step or KnownPath(path.text, path.anchored, complete=False)
        absolute = step.text.startswith("/")
        text = step.text if absolute else posixpath.join(path.text, step.text)
        path = KnownPath(text, path.anchored and not absolute, step.complete)
    return path


def _up(module: Module, node: ast.Subscript, depth: int) -> KnownPath | None:
    """``path.parents[1]``."""
    owner, index = node.value, node.slice
    if not (isinstance(owner, ast.Attribute) and owner.attr == "parents"):
        return None
    path = known_path(module, owner.value, depth + 1)
    if not (
        isinstance(index, ast.Constant)
        and isinstance(index.value, int)
        and 0 <= index.value < _DEEPEST
    ):
        return None
    for _ in range(index.value + 1):
        path = _parent(path)
    return path


def _parent(path: KnownPath | None) -> KnownPath | None:
    if path is None or not path.complete:
        return None
    return KnownPath(posixpath.dirname(path.text) or ".", path.anchored)


def _package_folder(module: Module, node: ast.expr) -> KnownPath | None:
    """``importlib.resources.files("package")``."""
    if chain_of(node) in (("__package__",), ("__name__",)):
        return KnownPath(posixpath.dirname(module.path) or ".", anchored=True)
    dotted = known_text(module, node)
    found = module.project.locate(dotted) if dotted else None
    if found is None or found.path is None:
        return None
    return KnownPath(posixpath.dirname(join(".", found.path)), anchored=True)


def constant_behind(module: Module, node: ast.AST, depth: int) -> tuple[Module, ast.expr] | None:
    """The expression behind a name that is assigned exactly once at the top of a module."""
    chain = chain_of(node)
    if chain is None or depth > _DEEPEST:
        return None
    found = resolve(module, chain)
    if isinstance(found, External) or found is None:
        return None
    return _assigned(found)


def class_constant(module: Module, node: ast.AST) -> tuple[Module, ast.expr] | None:
    """The expression behind ``Settings.url``: assigned once in the body of a class of the project."""
    chain = chain_of(node)
    found = resolve(module, chain) if chain is not None and len(chain) > 1 else None
    if not isinstance(found, Local) or len(found.rest) != 1:
        return None
    body = found.unit.node.body if isinstance(found.unit.node, ast.ClassDef) else []
    values = [
        one.value
        for one in body
        if isinstance(one, (ast.Assign, ast.AnnAssign))
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
        if isinstance(target, ast.Name) and target.id == found.rest[0]
    ]
    return (found.module, values[0]) if len(values) == 1 and values[0] is not None else None


def _assigned(found: Local) -> tuple[Module, ast.expr] | None:
    node, owner = found.unit.node, found.module
    if found.rest or len(owner.bindings.get(found.name, ())) != 1:
        return None
    if (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
    ):
        return owner, node.value
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return owner, node.value
    return None
