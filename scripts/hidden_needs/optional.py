"""How libraries import what may be missing: guarded, by helpers that take a name, with flags that remember."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

HELPER = re.compile(
    r"(import_?optional|optional_?(import|dep|package)|try_?import|safe_?import|lazy_?(import|load|module)"
    r"|import_?module|import_?(lib|package|from|safe|extra|or)|require[sd]?(_|$)|requires?_?backends?|soft_dep"
    r"|check_?(import|depend|install|package|soft|if_|.*_?(installed|available|import))|ensure_?(import|install|package)"
    r"|(module|package|import)_?(available|installed|exists)|requirementcache|modulecache|find_spec"
    r"|attempt_import|have_package|importorskip|dependency|^import_)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"check|require|soft_dep|backends", re.IGNORECASE)
"""Helpers that take as many names as there are; others say after the name what it is for."""
_NAME = re.compile(r"^[A-Za-z_][\w-]*(\.[A-Za-z_]\w*)*")
_WHOLE = re.compile(rf"{_NAME.pattern}(\[[\w,-]*\])?\s*([<>=!~].*)?$")
_AVAILABLE = re.compile(r"^_?(?:is|has|have)_?(\w+?)_?(?:available|installed)?$", re.IGNORECASE)
_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_GUARD = re.compile(
    r"try_?import|lazy_?import|suppress\(.*(ImportError|ModuleNotFoundError)", re.IGNORECASE
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def dotted(node: ast.expr | None) -> str:
    """``a.b.c`` as text; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def asked_by_name(call: ast.Call) -> tuple[str, ...]:
    """The modules that a helper is asked for: ``import_optional_dependency("tables")``.

    >>> asked_by_name(ast.parse('optional_import("plotly.express>=5")').body[0].value)
    ('plotly.express',)
    >>> asked_by_name(ast.parse('_check_soft_dependencies("matplotlib", "seaborn>0.9", "to draw it")').body[0].value)
    ('matplotlib', 'seaborn')
    """
    name = dotted(call.func)
    last = name.rpartition(".")[2]
    if not HELPER.search(last):
        return ()
    given = [*call.args, *(one.value for one in call.keywords if one.arg in _TAKES)]
    if last.lower() in ("lazyloader", "lazy_loader"):
        given = given[-1:]  # the name that it is bound to comes first
    elif not _SEVERAL.search(last):
        given = given[:1] or given
    firsts = [*_names(given[0])] if given else []
    others = [name for one in given[1:] for name in _names(one, whole=True)]
    return tuple(dict.fromkeys((*firsts, *others)))


_TAKES = {
    "module",
    "name",
    "package",
    "import_name",
    "backends",
    "module_name",
    "dependency",
    "requirement",
}


def _names(node: ast.expr, *, whole: bool = False) -> Iterator[str]:
    """The names of modules in a literal; whole: not the first words of sentences."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value.strip()
        found = _NAME.match(text)
        if found and "/" not in text and (not whole or _WHOLE.match(text)):
            yield found[0]
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for one in node.elts:
            yield from _names(one, whole=whole)


def catches_import_error(handler: ast.ExceptHandler) -> bool:
    """Whether a missing module ends there."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or dotted(one).rpartition(".")[2] in _IMPORT_ERRORS for one in kinds)


def is_guard(node: ast.With | ast.AsyncWith) -> bool:
    """Whether a body may fail to import in peace: ``with try_import() as _imports:``."""
    calls = (one.context_expr for one in node.items if isinstance(one.context_expr, ast.Call))
    return any(_GUARD.search(ast.unparse(call)) for call in calls)


def gives_up(body: list[ast.stmt]) -> bool:
    """Whether a body ends in an error, so that there is no way without what it handles."""
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return "raise" in dotted(last.value.func).lower()
    return isinstance(last, ast.Raise)


def blames_imports(body: list[ast.stmt]) -> bool:
    """Whether a body raises that something is not installed."""
    last = body[-1]
    if not isinstance(last, ast.Raise) or last.exc is None:
        return False
    text = ast.unparse(last.exc)
    return bool(
        re.search(
            r"Import|ModuleNotFound|pip install|MissingDep|not installed|must be installed", text
        )
    )


def flag_subject(name: str) -> str:
    """What a flag's name says that it tells of: ``is_librosa_available`` of librosa.

    >>> flag_subject("is_librosa_available"), flag_subject("HAS_TORCH"), flag_subject("verbose")
    ('librosa', 'torch', '')
    """
    found = _AVAILABLE.match(name.rpartition(".")[2])
    return found[1].lower() if found and found[1] != name else ""
