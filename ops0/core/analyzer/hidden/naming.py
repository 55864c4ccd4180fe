"""What calls, reads and takers of texts are called: by where the name comes from."""

from __future__ import annotations

import builtins

from ops0.core.analyzer.project.module import Module
from ops0.core.analyzer.project.resolve import External, Local, is_partial, resolve, resolve_import
from ops0.core.analyzer.syntax.model import CallUse, Read, Taker
from ops0.core.facts import CALLED

_COMPARED = "=="
# What gives back, joins or keeps a text: the text goes on from there. Everything else takes it for itself.
_PASSING_METHODS = frozenset(
    {".add", ".add_argument", ".append", ".as_posix", ".extend", ".format", ".get", ".insert"}
    | {".join", ".lower", ".pop", ".rstrip", ".setdefault", ".strip", ".update"}
)
_PASSING = frozenset(
    {"os.environ.get", "os.environ.setdefault", "os.fspath", "os.getenv", "functools.partial"}
    | {"attr.field", "attr.ib", "attrs.field", "decouple.config", "msgspec.field", "pydantic.Field"}
    | {
        "pydantic.SecretStr",
        "pydantic.fields.Field",
        "pydantic.v1.Field",
        "airflow.models.Variable.get",
    }
)
_PASSING_ENDS = ("Dsn", "Url")  # pydantic's types of addresses
_PASSING_PARTS = ("os.path.", "pathlib.", "itertools.", "dataclasses.", "typing.", "argparse.")
_BUILTINS = frozenset(
    name
    for name in dir(builtins)
    if name.islower() and name not in ("print", "eval", "exec", "compile", "input")
)
_OPENS = frozenset(
    {"ops0.core.storage.StorageLayer", "ops0.integrations.sklearn.EstimatorSerializer"}
)
"""What of ops0's own needs a library: rules say which."""


def call_name(module: Module, call: CallUse) -> str | None:
    """``pandas.read_parquet``, or ``.to_parquet`` of something unknown; None for the project's own and ops0's."""
    if not call.chain[0]:
        return ".".join(call.chain)
    if call.via:
        found = [resolve_import(module, one, call.chain[1:]) for one in call.via]
        meant = next((one for one in found if isinstance(one, External)), None)
    else:
        resolved = resolve(module, call.chain)
        if resolved is not None and not isinstance(resolved, External) and resolved.rest:
            return "." + ".".join(resolved.rest)
        if isinstance(resolved, Local) and resolved.unit.kind == "assign" and call.node.keywords:
            return CALLED
        meant = resolved if isinstance(resolved, External) else None
        if meant is not None and is_partial(module, call.chain[0]):
            return None  # the call of `partial` has been noted with its arguments
        if resolved is None and len(call.chain) == 1 and call.chain[0] not in module.bindings:
            return call.chain[0]
    if meant is None or (meant.dotted.partition(".")[0] == "ops0" and meant.dotted not in _OPENS):
        return None
    return meant.dotted


def read_name(module: Module, read: Read) -> str | None:
    """The dotted name of an attribute of an import."""
    if len(read.chain) < 2:
        return None
    if read.via:
        found = [resolve_import(module, one, read.chain[1:]) for one in read.via]
        meant = next((one for one in found if isinstance(one, External)), None)
    elif any(unit.imports for unit in module.bindings.get(read.chain[0], ())):
        resolved = resolve(module, read.chain)
        meant = resolved if isinstance(resolved, External) else None
    else:
        return None
    return meant.dotted if meant is not None else None


def taken_by(module: Module, taker: Taker) -> str:
    """What takes a text for itself: a call's name, ``==``, or "" where nothing is known to."""
    while isinstance(taker, CallUse):
        name = call_name(module, taker)
        if name is None or name == CALLED:  # of the project's own, whatever it is called with
            return ""
        if not passes(name):
            return name
        taker = taker.outer
    return _COMPARED if taker == "compared" else ""


def passes(name: str) -> bool:
    """Whether a text that is given to a call goes on from there."""
    if name.startswith("."):
        return f".{name.rpartition('.')[2]}" in _PASSING_METHODS
    if name.startswith("pydantic.") and name.endswith(_PASSING_ENDS):
        return True
    return name in _BUILTINS or name in _PASSING or name.startswith(_PASSING_PARTS)
