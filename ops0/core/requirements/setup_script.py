"""What a ``setup.py`` tells setuptools of dependencies. It is read, never run: what its code works out is told."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ops0.core.pipeline import Warn, Where
from ops0.core.requirements.declarations import Declaration
from ops0.core.requirements.logical_lines import logical_lines

if TYPE_CHECKING:
    from ops0.core.requirements.reading import Reading

__all__ = ["read_setup_script"]

_WANTED = "install_requires"
_PYTHON = "python_requires"
_TOOLS = frozenset({"setuptools", "distutils", "numpy", "skbuild"})
"""Packages whose modules have setuptools' ``setup``: ``setuptools.setup(…)``, ``numpy.distutils.core.setup(…)``."""
_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault"}
)
_LIST = "what `install_requires` says"
_GIVEN = "what `setup(**…)` is given"
_WORKED_OUT = "is worked out by code, and ops0 runs none of a project's"
_HINT = "write it where it can be read: `dependencies` in pyproject.toml, or requirements.txt"

_Literals = Mapping[str, ast.expr]


def read_setup_script(reading: Reading, data: bytes, path: str) -> None:
    """Add what a ``setup.py`` declares."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return  # of another Python, or none: who builds the project hears of it
    literals = dict(_literals(tree))
    for call in _setup_calls(tree):
        said: dict[str, ast.expr] = {}
        whole = _gather(said, call.keywords, literals)
        if _WANTED in said:
            _take_listed(reading, said[_WANTED], literals, path)
        elif not whole:
            _tell_alone(reading, _GIVEN, Where(path, call.lineno))
        python = said.get(_PYTHON)
        if isinstance(python, ast.Constant) and isinstance(python.value, str):
            reading.pythons.append(Declaration(python.value, Where(path, python.lineno)))


def _setup_calls(tree: ast.Module) -> Iterator[ast.Call]:
    imported = dict(_imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_setup(node.func, imported):
            yield node


def _is_setup(named: ast.expr, imported: Mapping[str, str]) -> bool:
    """Of ``x.setup`` only that of a tool: loggers have one, too. A bare ``setup`` may come of any wrapper."""
    if isinstance(named, ast.Name):
        return imported.get(named.id, named.id).rpartition(".")[2] == "setup"
    parts = ast.unparse(named).split(".")
    top = imported.get(parts[0], parts[0]).partition(".")[0]
    return isinstance(named, ast.Attribute) and parts[-1] == "setup" and top in _TOOLS


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What each imported name is: ``s`` -> ``setuptools.setup``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                yield one.asname or one.name, f"{node.module}.{one.name}"
        elif isinstance(node, ast.Import):
            for one in node.names:
                top = one.name.partition(".")[0]
                yield (one.asname, one.name) if one.asname else (top, top)


def _literals(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names that the file binds once, at its top, and whose values it does not change."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    bound = [node.id for node in names if not isinstance(node.ctx, ast.Load)]
    changed = frozenset(_changed(tree))
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        name = targets[0].id if isinstance(targets[0], ast.Name) else ""
        if node.value is not None and bound.count(name) == 1 and name not in changed:
            yield name, node.value


def _changed(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        called = isinstance(node, ast.Attribute) and node.attr in _CHANGING
        written = isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
        if (called or written) and isinstance(node, ast.Attribute | ast.Subscript):
            yield getattr(node.value, "id", "")


def _gather(
    said: dict[str, ast.expr], keywords: Sequence[ast.keyword], literals: _Literals
) -> bool:
    """Add what a call is given by name. Gives whether that is all: ``**f()`` may have more."""
    whole = True
    for one in keywords:
        value = _followed(one.value, literals)
        if one.arg is not None:
            said[one.arg] = value
        elif isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            inside = [ast.keyword(_text(key), entry) for key, entry in pairs]
            whole = _gather(said, inside, literals) and whole
        elif isinstance(value, ast.Call) and ast.unparse(value.func) == "dict" and not value.args:
            whole = _gather(said, value.keywords, literals) and whole
        else:
            whole = False
    return whole


def _text(key: ast.expr | None) -> str | None:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def _followed(value: ast.expr, literals: _Literals) -> ast.expr:
    return literals.get(value.id, value) if isinstance(value, ast.Name) else value


def _take_listed(reading: Reading, listed: ast.expr, literals: _Literals, path: str) -> None:
    if _text(listed) is not None:
        _take(reading, listed, path)
    elif isinstance(listed, ast.List | ast.Tuple):
        for one in (_followed(entry, literals) for entry in listed.elts):
            _take(reading, one, path)
    else:
        _tell_alone(reading, _LIST, Where(path, listed.lineno))


def _take(reading: Reading, entry: ast.expr, path: str) -> None:
    """One text, of which each line is a requirement, as setuptools takes them."""
    text = _text(entry)
    if text is None:
        _tell(reading, _LIST, Where(path, entry.lineno))
        return
    spread = (entry.end_lineno or entry.lineno) > entry.lineno
    for number, line in logical_lines(text):
        reading.take(line, Where(path, entry.lineno + (number - 1 if spread else 0)))


def _tell_alone(reading: Reading, what: str, where: Where) -> None:
    """Tell of it, unless the requirements.txt beside it is read: most such code reads that, too."""
    if not any(one.where.path.startswith("requirements") for one in reading.declarations):
        _tell(reading, what, where)


def _tell(reading: Reading, what: str, where: Where) -> None:
    reading.warnings.append(Warn(where=where, text=f"{what} {_WORKED_OUT}", hint=_HINT))
