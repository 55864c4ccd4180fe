"""The texts that an expression may be, as far as the code says: literals, sums, formats, paths beside the file."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Iterable
from itertools import product

from ops0.core.analyzer.hidden.discovery import local_module, place_of
from ops0.core.analyzer.hidden.spot import Spot
from ops0.core.analyzer.hidden.spots import Spots
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.pieces import is_split, split_text
from ops0.core.facts import UNKNOWN_PART

__all__ = ["PYTHON", "ROOT", "UNKNOWN", "is_known", "texts"]

UNKNOWN = UNKNOWN_PART
"""Stands in a text for a part that is only known when the code runs."""

ROOT = "\1"
"""Stands at the start of a path for the project's root, as ``__file__`` leads to it."""

PYTHON = "python"
"""What ``sys.executable`` is in an image."""

_MOST = 64
_SAME = frozenset(
    {"Path", "PosixPath", "PurePath", "PurePosixPath", "abspath", "absolute", "as_posix", "expanduser",
     "fspath", "normpath", "quote", "realpath", "resolve", "str", "which"}
)  # fmt: skip
_CASES: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "title": str.title,
}
_NAMED = {("curdir",): ".", ("pardir",): "..", ("sep",): "/", ("path", "sep"): "/"}
_FIELD = re.compile(r"\{(\d*|[A-Za-z_]\w*)(?:[!:][^{}]*)?\}")
_PERCENT = re.compile(r"%(?:\((\w+)\))?[#0\- +]*[\d.]*[sdrif]")


def is_known(text: str) -> bool:
    """Whether nothing of a text is left to the run."""
    return UNKNOWN not in text


def texts(spots: Spots, spot: Spot, depth: int = 0) -> tuple[str, ...]:
    """Every text that an expression may be, each once; ``UNKNOWN`` in place of what the run decides. Never empty."""
    if depth > 12:
        return (UNKNOWN,)
    with spots.one_question():
        return spots.said.once(spots, spot, depth, lambda: _found(spots, spot, depth))


def _found(spots: Spots, spot: Spot, depth: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in spots.behind(spot):
        found.update(dict.fromkeys(_texts(spots, one, depth)))
        if len(found) > _MOST:
            break
    return tuple(found) if 0 < len(found) <= _MOST else (UNKNOWN,)


def _texts(spots: Spots, spot: Spot, depth: int) -> Iterable[str]:
    node = spot.node
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.JoinedStr):
        return _joined([_part(spots, spot.at(one), depth) for one in node.values])
    if isinstance(node, ast.BinOp):
        return _operation(spots, spot, node, depth)
    if isinstance(node, ast.Call):
        return _called(spots, spot, node, depth)
    if isinstance(node, ast.Subscript):
        return _item(spots, spot, node, depth)
    chain = chain_of(node)
    if chain is not None and chain[-2:] in (("sys", "executable"), ("executable",)):
        return (PYTHON,)
    if chain is not None and chain[:1] == ("os",) and chain[1:] in _NAMED:
        return (_NAMED[chain[1:]],)
    if chain == ("__file__",):
        return (f"{ROOT}/{spot.module.path}",)
    if chain in (("__package__",), ("__name__",)):
        name = spot.module.name
        package = name if spot.module.path.endswith("__init__.py") else name.rpartition(".")[0]
        return (package if chain == ("__package__",) else name,)
    if isinstance(node, ast.Attribute) and node.attr in ("__name__", "__path__", "__file__"):
        return _of_module(spots, spot.at(node.value), node.attr)
    if isinstance(node, ast.Attribute) and node.attr in ("parent", "name", "stem"):
        return [_path_part(one, node.attr) for one in texts(spots, spot.at(node.value), depth + 1)]
    return (UNKNOWN,)


def _is_started_in(node: ast.Subscript) -> bool:
    """``sys.path[0]``: the folder of the script that Python was started with, most often the one that asks."""
    first = isinstance(node.slice, ast.Constant) and node.slice.value == 0
    return first and chain_of(node.value) == ("sys", "path")


def _of_module(spots: Spots, owner: Spot, attribute: str) -> list[str]:
    """``package.__name__``, ``package.__path__``, ``module.__file__`` of modules of the project."""
    found: list[str] = []
    for one in spots.behind(owner):
        dotted = local_module(one)
        if dotted is None:
            return [UNKNOWN]
        if attribute == "__name__":
            found.append(dotted)
        else:
            inside = place_of(one.module.project, dotted, file=attribute == "__file__")
            found.append(UNKNOWN if inside is None else posixpath.normpath(f"{ROOT}/{inside}"))
    return found


def _constant(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, bytes):
        return (value.decode("utf-8", "replace"),)
    if value is None:
        return ()
    return (str(value),) if isinstance(value, (int, float)) else (UNKNOWN,)


def _part(spots: Spots, spot: Spot, depth: int) -> tuple[str, ...]:
    if isinstance(spot.node, ast.FormattedValue):
        if spot.node.conversion == ord("r") or spot.node.format_spec is not None:
            return (UNKNOWN,)
        return texts(spots, spot.at(spot.node.value), depth + 1)
    return texts(spots, spot, depth + 1)


def _joined(parts: list[tuple[str, ...]]) -> Iterable[str]:
    total = 1
    for part in parts:
        total *= len(part)
    if total > _MOST:
        # Too many to tell apart: only the parts that have one value stay.
        parts = [part if len(part) == 1 else (UNKNOWN,) for part in parts]
    return ["".join(one) for one in product(*parts)]


def _operation(spots: Spots, spot: Spot, node: ast.BinOp, depth: int) -> Iterable[str]:
    if not isinstance(node.op, (ast.Add, ast.Div, ast.Mod)):
        return (UNKNOWN,)
    left = texts(spots, spot.at(node.left), depth + 1)
    if isinstance(node.op, ast.Mod):
        return _percent(spots, spot, left, node.right, depth)
    right = texts(spots, spot.at(node.right), depth + 1)
    if isinstance(node.op, ast.Add):
        return _joined([left, right])
    return [_path(one, other) for one in left for other in right]


def _percent(
    spots: Spots, spot: Spot, formats: tuple[str, ...], given: ast.expr, depth: int
) -> list[str]:
    values = list(given.elts) if isinstance(given, ast.Tuple) else [given]
    known = [texts(spots, spot.at(one), depth + 1) for one in values]
    found: list[str] = []
    for text in formats:
        pieces = _PERCENT.split(text)[::2]
        fields = len(pieces) - 1
        parts = known if fields == len(known) else [(UNKNOWN,)] * fields
        mixed = [
            part
            for pair in zip([(one,) for one in pieces], [*parts, ("",)], strict=True)
            for part in pair
        ]
        found += [one.replace("%%", "%") for one in _joined(mixed)]
    return found


def _called(spots: Spots, spot: Spot, node: ast.Call, depth: int) -> Iterable[str]:
    func = node.func
    chain = chain_of(func) or ("",)
    owner = func.value if isinstance(func, ast.Attribute) else None
    name = func.attr if isinstance(func, ast.Attribute) else chain[-1]
    if chain[-2:] in (("environ", "get"), ("os", "getenv"), ("getenv",)):
        # Containers have no variables of the user's shell: the default holds there.
        return texts(spots, spot.at(node.args[1]), depth + 1) if len(node.args) > 1 else (UNKNOWN,)
    if name in ("getcwd", "cwd") and not node.args:
        return (".",)  # steps work in the project's root
    if name == "join":
        return _join(spots, spot, node, owner, depth)
    if name == "format" and owner is not None:
        return _formatted(spots, spot, node, owner, depth)
    if name == "joinpath" and owner is not None:
        return _paths(spots, spot, [owner, *node.args], depth)
    if name in ("with_name", "with_suffix") and owner is not None and len(node.args) == 1:
        ends = texts(spots, spot.at(node.args[0]), depth + 1)
        starts = texts(spots, spot.at(owner), depth + 1)
        return [_renamed(one, name, end) for one in starts for end in ends]
    if name == "dirname" and len(node.args) == 1:
        return [_path_part(one, "parent") for one in texts(spots, spot.at(node.args[0]), depth + 1)]
    if name in _CASES and owner is not None and not node.args:
        inner = texts(spots, spot.at(owner), depth + 1)
        return [_CASES[name](one) if is_known(one) else UNKNOWN for one in inner]
    if name in _SAME:
        if len(node.args) > 1 and name.endswith("Path"):
            return _paths(spots, spot, node.args, depth)
        argument = node.args[0] if node.args else owner
        return (".",) if argument is None else texts(spots, spot.at(argument), depth + 1)
    return (UNKNOWN,)


def _join(
    spots: Spots, spot: Spot, node: ast.Call, owner: ast.expr | None, depth: int
) -> Iterable[str]:
    """``os.path.join(a, b)`` and ``" ".join([a, b])``."""
    if owner is not None and isinstance(owner, ast.Constant):
        items = spots.elements(spot.at(node.args[0])) if len(node.args) == 1 else None
        if items is None or not isinstance(owner.value, str):
            return (UNKNOWN,)
        known = [texts(spots, one, depth + 1) for one in items]
        mixed = [part for one in known for part in ((owner.value,), one)][1:]
        return _joined(mixed)
    return _paths(spots, spot, node.args, depth)


def _paths(spots: Spots, spot: Spot, parts: list[ast.expr], depth: int) -> Iterable[str]:
    known = [texts(spots, spot.at(one), depth + 1) for one in parts]
    found = known[0] if known else (UNKNOWN,)
    for part in known[1:]:
        found = tuple(_path(one, other) for one in found for other in part)[:_MOST]
    return found


def _path(left: str, right: str) -> str:
    return right if right.startswith(ROOT) else posixpath.join(left, right)


def _path_part(text: str, attribute: str) -> str:
    if not is_known(posixpath.basename(text)) and attribute != "parent":
        return UNKNOWN
    if attribute == "parent" and (text == ROOT or text.endswith("/..")):
        return f"{text}/.."
    if attribute == "parent":
        return posixpath.dirname(text) or "."
    name = posixpath.basename(text)
    return name if attribute == "name" else posixpath.splitext(name)[0]


def _renamed(text: str, how: str, end: str) -> str:
    """``path.with_name("x.py")``, ``path.with_suffix(".py")``."""
    start = posixpath.dirname(text) if how == "with_name" else posixpath.splitext(text)[0]
    return posixpath.join(start, end) if how == "with_name" else start + end


def _item(spots: Spots, spot: Spot, node: ast.Subscript, depth: int) -> Iterable[str]:
    """``path.parents[1]``, ``path.rsplit(".", 1)[0]``, ``sys.path[0]``."""
    owner, index = node.value, node.slice
    if _is_started_in(node):
        return (posixpath.dirname(f"{ROOT}/{spot.module.path}"),)
    count = index.value if isinstance(index, ast.Constant) else None
    if isinstance(owner, ast.Call) and is_split(owner) and isinstance(count, int):
        assert isinstance(owner.func, ast.Attribute)  # noqa: S101 - what is_split says
        parts = texts(spots, spot.at(owner.func.value), depth + 1)
        made = (split_text(owner, one, count) if is_known(one) else UNKNOWN for one in parts)
        return [one for one in made if one is not None] or (UNKNOWN,)
    if (
        not isinstance(owner, ast.Attribute)
        or owner.attr != "parents"
        or not isinstance(count, int)
    ):
        return (UNKNOWN,)
    found = texts(spots, spot.at(owner.value), depth + 1)
    for _ in range(min(count, 24) + 1):
        found = tuple(_path_part(one, "parent") for one in found)
    return found


def _formatted(
    spots: Spots, spot: Spot, node: ast.Call, owner: ast.expr, depth: int
) -> Iterable[str]:
    """``"{}.{x}".format(a, x=b)``."""
    positional = [texts(spots, spot.at(one), depth + 1) for one in node.args]
    named = {
        one.arg: texts(spots, spot.at(one.value), depth + 1) for one in node.keywords if one.arg
    }
    found: list[str] = []
    for text in texts(spots, spot.at(owner), depth + 1):
        pieces = _FIELD.split(text)
        parts: list[tuple[str, ...]] = []
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                parts.append((piece.replace("{{", "{").replace("}}", "}"),))
                continue
            number = int(piece) if piece.isdigit() else index // 2
            at = positional[number] if number < len(positional) else (UNKNOWN,)
            parts.append(at if not piece or piece.isdigit() else named.get(piece, (UNKNOWN,)))
        found += _joined(parts)
    return found
