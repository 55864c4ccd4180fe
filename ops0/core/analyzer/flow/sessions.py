"""What functions leave for others in a session: ``st.session_state.rows = rows``, ``flask.g.base = connect()``.

https://docs.streamlit.io/develop/api-reference/caching-and-state/st.session_state
https://flask.palletsprojects.com/en/stable/appcontext/#storing-data
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from ops0.core.analyzer.flow.called import nodes_run
from ops0.core.analyzer.flow.places import Place, Places
from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.reach.functions import functions_of
from ops0.core.analyzer.syntax.conditions import chain_of
from ops0.core.analyzer.syntax.walking import own_nodes

__all__ = ["Key", "asked_of_session", "key_of", "stored_by", "stored_in"]

_SESSIONS = ("flask.g", "flask.session", "quart.g", "quart.session", "streamlit.session_state")
_WORDS = (b"session_state", b"flask", b"quart")
_METHODS = frozenset(
    {"clear", "get", "items", "keys", "pop", "setdefault", "to_dict", "update", "values"}
)
_ASKING = frozenset({"get", "pop", "setdefault"})

Key = tuple[str, str]
"""The session, and the name under which something stands there."""

Stored = tuple[ast.expr, Place]
"""An expression that is put into a session, and where it stands."""


def stored_by(dotted: str) -> tuple[Key, tuple[str, ...]] | None:
    """Where something stands in a session, and what is asked of it.

    >>> stored_by("flask.g.rows.columns"), stored_by("streamlit.session_state.get")
    ((('flask.g', 'rows'), ('columns',)), None)
    """
    session = next((one for one in _SESSIONS if dotted.startswith(f"{one}.")), None)
    if session is None:
        return None
    name, *rest = dotted[len(session) + 1 :].split(".")
    return None if name in _METHODS else ((session, name), tuple(rest))


def key_of(node: ast.expr, places: Places, place: Place) -> Key | None:
    """What an expression asks a session for: ``.rows``, ``["rows"]``, ``.get("rows")``."""
    if isinstance(node, ast.Attribute):
        if not _may_have_session(place.module):
            return None
        kept = stored_by(_outside(node, places, place))
        return kept[0] if kept is not None and not kept[1] else None
    session, key = None, None
    if isinstance(node, ast.Subscript):
        session, key = node.value, node.slice
    func = getattr(node, "func", None)
    if isinstance(node, ast.Call) and isinstance(func, ast.Attribute) and func.attr in _ASKING:
        session, key = func.value, node.args[0] if node.args else None
    if session is None or not isinstance(key, ast.Constant) or not _may_have_session(place.module):
        return None
    owner, name = _outside(session, places, place), _text(key)
    return (owner, name) if owner in _SESSIONS and name is not None else None


def stored_in(module: Module, places: Places) -> Mapping[Key, Sequence[Stored]]:
    """What the functions of a module, and its top, put into sessions."""

    def look() -> dict[Key, list[Stored]]:
        found: dict[Key, list[Stored]] = {}
        for place, body in _bodies(module) if _may_have_session(module) else ():
            for key, value in _puts(body, places, place):
                found.setdefault(key, []).append((value, place))
        return found

    return module.memory.once("stored in sessions", look)


def asked_of_session(place: Place, places: Places) -> list[Stored]:
    """Where the function at a place, or one that it calls, asks a session for something."""
    found: list[Stored] = []
    for node, here in nodes_run(place, places, _may_have_session):
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if isinstance(node, ast.expr) and loaded and key_of(node, places, here) is not None:
            found.append((node, here))
    return found


def _puts(body: list[ast.stmt], places: Places, place: Place) -> Iterator[tuple[Key, ast.expr]]:
    for node in own_nodes(body):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                key = key_of(target, places, place)
                if key is not None:
                    yield key, node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            session = _outside(node.func.value, places, place)
            if session not in _SESSIONS:
                continue
            if node.func.attr == "update":
                yield from (((session, one.arg), one.value) for one in node.keywords if one.arg)
            elif node.func.attr == "setdefault" and len(node.args) > 1:
                yield (session, _text(node.args[0]) or ""), node.args[1]


def _bodies(module: Module) -> Iterator[tuple[Place, list[ast.stmt]]]:
    yield Place(module), module.parsed.tree.body
    for paths in functions_of(module).values():
        for path in paths:
            yield Place(module, path), path[-1].body


def _may_have_session(module: Module) -> bool:
    """Whether a module names a library that has one."""

    def look() -> bool:
        text = module.project.read(module.path) or b""
        return any(one in text for one in _WORDS)

    return module.memory.once("may have a session", look)


def _outside(node: ast.expr, places: Places, place: Place) -> str:
    chain = chain_of(node)
    return (places.outside(chain, place) or "") if chain is not None else ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
