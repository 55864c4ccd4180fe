"""Two simple ways to answer the same question, measured beside ops0."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ops0.core.requirements.names import canonicalize_name
from ops0.core.requirements.tables import Tables
from ops0.host.tables import read_tables

Function = ast.FunctionDef | ast.AsyncFunctionDef


def pipreqs_per_file(file: Path) -> dict[str, frozenset[str]]:
    """Each function gets all that its file imports, named by pipreqs's mapping, else by the import's own name."""
    tree = ast.parse(file.read_text("utf-8"))
    tops = {dotted.partition(".")[0] for dotted in _imported(tree).values()}
    mapping = read_tables().pipreqs
    needs = frozenset(
        mapping[top][0] if top in mapping else canonicalize_name(top)
        for top in tops
        if not _is_local(top, file)
    )
    return dict.fromkeys(dict(_functions(tree.body)), needs)


def names_and_calls(file: Path) -> dict[str, frozenset[str]]:
    """Each function gets what the names in its body import, and so do the functions of the file that it calls.

    The names of distributions are ops0's own, so that only the analysis differs.
    """
    tree = ast.parse(file.read_text("utf-8"))
    functions = dict(_functions(tree.body))
    top = _imported(ast.Module([one for one in tree.body if not _defines(one)], []))
    found: dict[str, frozenset[str]] = {}
    for name in functions:
        dotted = _reached(name, functions, top, set())
        known = (
            _named(one, read_tables())
            for one in dotted
            if not _is_local(one.partition(".")[0], file)
        )
        found[name] = frozenset(one for one in known if one)
    return found


def _reached(
    name: str, functions: Mapping[str, Function], top: Mapping[str, str], seen: set[str]
) -> set[str]:
    seen.add(name)
    node = functions[name]
    bindings = {**top, **_imported(node)}
    used = {one.id for part in node.body for one in ast.walk(part) if isinstance(one, ast.Name)}
    reached = {bindings[one] for one in used if one in bindings} | set(_imported(node).values())
    for called in used & functions.keys() - seen:
        reached |= _reached(called, functions, top, seen)
    return reached


def _functions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function]]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + node.name, node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _functions(node.body, f"{prefix}{node.name}.")
            continue
        for inner in ("body", "orelse", "finalbody", "handlers"):
            yield from _functions(getattr(node, inner, None) or [], prefix)


def _imported(tree: ast.AST) -> dict[str, str]:
    """Bound name -> dotted module, for the absolute imports in a tree."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.partition(".")[0]] = one.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}.{one.name}"
    return found


def _defines(node: ast.stmt) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


def _is_local(top: str, file: Path) -> bool:
    places = (file.parent, *file.parents[1:4])
    here = any((place / f"{top}.py").is_file() or (place / top).is_dir() for place in places)
    return here or top in sys.stdlib_module_names


def _named(dotted: str, tables: Tables) -> str | None:
    while dotted:
        if dotted in tables.imports:
            return tables.imports[dotted]
        head, _, _ = dotted.rpartition(".")
        dotted = head
    return None
