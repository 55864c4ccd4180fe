"""Names that stand for a test: ``IS_WINDOWS = sys.platform == "win32"``, put back into the tests that use them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from functools import cached_property

from ops0.core.analyzer.syntax.conditions import Decide, chain_of
from ops0.core.analyzer.syntax.frames import Locals, bindings_in
from ops0.core.analyzer.syntax.model import Imported, imported_by
from ops0.core.analyzer.syntax.scopes import bound_by
from ops0.core.analyzer.syntax.walking import walk

__all__ = ["Elsewhere", "Flags"]

Elsewhere = Callable[[Imported, tuple[str, ...]], "bool | None"]
"""Whether what an attribute of an import's name stands for holds, said by the file that makes it; None: a run tells."""

_DEEPEST = 60
"""How deep a test is looked at, with what names stand for: each level takes a few frames of the stack."""
_UNKNOWN = ast.Name("", ast.Load())
"""What stands in the place of what is deeper: a name that leaves its part of the test undecided."""
_MOST = 200
"""Names that are put back into one test: values made of values can grow without end."""
_HOMES = frozenset(
    {"importlib", "importlib.util", "os", "platform", "sys", "typing", "typing_extensions"}
)
_FINDERS = frozenset({"find_spec", "find_loader", "find_module"})
_AVAILABLE = ("is_", "has_", "have_")
_FACTS = re.compile(
    rb"\b(?:sys|platform|version_info|TYPE_CHECKING|MYPY)\b|\bfind_(?:spec|loader|module)\b|_available\b"
    rb"|\bos\s*\.\s*name\b|\bos\s+(?:as|import)\b"
)
"""What a line of a file must say for a test in it to be decided. Most files say nothing of the kind."""
_WORDS = (
    b"sys", b"platform", b"version_info", b"TYPE_CHECKING", b"MYPY", b"find_", b"_available",
)  # fmt: skip
_OS = re.compile(rb"os\s*\.\s*name|os\s+(?:as|import)")
"""All of these in less words, for whole files: a pattern that begins with letters is looked for ten times as fast."""


class Flags:
    """The names of one file that stand for facts of the target, or for whether a module is there.

    A name counts that is bound once, at the top, to something that is decided by the target: a plain ``DEBUG = False``
    may be changed from elsewhere, as may what a function calls ``global``, and is for the run to say. One counts too
    that is imported from a file where it does: ``from .compat import PY312``, ``compat.PY312``.
    """

    def __init__(
        self, tree: ast.Module, decide: Decide, lines: Sequence[bytes], elsewhere: Elsewhere
    ) -> None:
        self._tree, self._decide, self._elsewhere = tree, decide, elsewhere
        self._told: dict[str, bool | None] = {}
        self._lines = lines
        self._silent = not _says_facts(lines)
        self._values: dict[str, ast.expr] = {}
        nothing = ast.Constant(None)
        self._asked: tuple[tuple[ast.expr, Collection[str], Locals | None], ast.expr] = (
            (nothing, (), None),
            nothing,
        )
        for node in () if self._silent else tree.body:
            self._read(node)

    def decide(
        self, test: ast.expr, hidden: Collection[str] = (), own: Locals | None = None
    ) -> bool | None:
        """Whether a test holds on the target, None where only a run can tell.

        hidden: names that mean something else where the test stands;  own: the function around, if one is theirs
        """
        return self._decide(self._borrowed(self._plain(test, hidden, own), hidden))

    def asks(self, test: ast.expr, hidden: Collection[str] = (), own: Locals | None = None) -> bool:
        """Whether a test asks if a module is there. One that another file makes does not count: it only decides."""
        return any(_asks(node) for node in walk(self._plain(test, hidden, own)))

    def verdict(self, name: str) -> bool | None:
        """Whether the test holds that a name at the top stands for; None where that is none, or only a run can tell."""
        if name not in self._told:
            self._told[name] = None  # what files that import from each other ask meanwhile
            self._told[name] = self.decide(ast.Name(name, ast.Load()))
        return self._told[name]

    @cached_property
    def _imported(self) -> dict[str, Imported]:
        """The names that an import at the top binds."""
        found = (node for node in self._tree.body if isinstance(node, (ast.Import, ast.ImportFrom)))
        return {one.bound: one for node in found for one in imported_by(node)}

    @cached_property
    def _bound_again(self) -> frozenset[str]:
        """The names that the top binds more than once, or that a function may bind: ``global NAME``."""
        body = self._tree.body
        times = Counter({name: len(found) for name, found in bindings_in(body).items()})
        imports = bound_by(body, "function").imports
        times.update({name: len(made) for name, made in imports.items()})
        said = any(b"global" in line for line in self._lines)
        inside = [one for one in walk(self._tree) if isinstance(one, ast.Global)] if said else []
        again = (name for name, often in times.items() if often > 1)
        return frozenset((*again, *(name for one in inside for name in one.names)))

    def _borrowed(self, test: ast.expr, hidden: Collection[str], depth: int = 0) -> ast.expr:
        """The test with what other files say in the place of names: answers, for their tests would grow without end."""
        if depth > _DEEPEST:
            return test
        if isinstance(test, ast.BoolOp):
            values = [self._borrowed(one, hidden, depth + 1) for one in test.values]
            same = all(one is two for one, two in zip(values, test.values, strict=True))
            return test if same else ast.BoolOp(test.op, values)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._borrowed(test.operand, hidden, depth + 1)
            return test if inner is test.operand else ast.UnaryOp(test.op, inner)
        chain = chain_of(test)
        one = self._imported.get(chain[0]) if chain is not None else None
        if chain is None or one is None or chain[0] in hidden or chain[0] in self._bound_again:
            return test
        verdict = self._elsewhere(one, chain[1:])
        return test if verdict is None else ast.Constant(verdict)

    def _read(self, node: ast.stmt) -> None:
        for name, value in _made_by(node):
            if name not in self._bound_again:
                self._values[name] = value

    def _plain(self, test: ast.expr, hidden: Collection[str], own: Locals | None) -> ast.expr:
        """The test with values in the place of names; twice in a row the same one, for it is asked two things."""
        asked, made = self._asked
        if asked[0] is not test or asked[1] != hidden or asked[2] is not own:
            made = self._put(test, hidden, own)
            self._asked = ((test, hidden, own), made)
        return made

    def _put(self, test: ast.expr, hidden: Collection[str], own: Locals | None) -> ast.expr:
        if self._silent:
            return test
        names = {node.id for node in walk(test) if isinstance(node, ast.Name)}
        if self._values.keys().isdisjoint(names) and names.isdisjoint(hidden):
            return test
        values = {name: one for name, one in self._values.items() if name not in hidden}
        if own is not None:
            values.update((name, own.values[name]) for name in names & own.values.keys())
        told = [values[name] for name in names & values.keys()]
        if not any(isinstance(one, ast.Lambda) or self._is_fact(one) for one in told):
            return test
        return _Put(values, self._is_fact).put(test, 0)

    def _is_fact(self, value: ast.expr) -> bool:
        """Whether a value says something of the target or of modules; constants may only be compared with."""
        if isinstance(value, ast.Constant):
            return False
        return not isinstance(value, ast.Call) or bool(_facts_in(value))


def _says_facts(lines: Sequence[bytes]) -> bool:
    whole = b"".join(lines)
    may = any(word in whole for word in _WORDS) or _OS.search(whole) is not None
    return may and any(map(_FACTS.search, lines))


class _Put:
    """Puts values in the place of names. What is not known stays a name, and leaves its part of the test undecided."""

    def __init__(self, values: dict[str, ast.expr], is_fact: Callable[[ast.expr], bool]) -> None:
        self.values, self.is_fact = values, is_fact
        self.left = _MOST

    def put(self, node: ast.expr, depth: int) -> ast.expr:
        if depth > _DEEPEST:
            return _UNKNOWN
        if isinstance(node, ast.Name):
            value = self.values.get(node.id)
            self.left -= 1
            if value is None or isinstance(value, ast.Lambda) or self.left < 0:
                return node
            return self.put(value, depth + 1) if self.is_fact(value) else node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
            made = self.values.get(node.func.id)
            self.left -= 1
            if isinstance(made, ast.Lambda) and self.left >= 0:
                return self.put(made.body, depth + 1)
        return self._inside(node, depth)

    def _inside(self, node: ast.expr, depth: int) -> ast.expr:
        fields = {name: self._field(value, depth + 1) for name, value in ast.iter_fields(node)}
        if all(fields[name] is value for name, value in ast.iter_fields(node)):
            return node
        made = copy(node)
        for name, value in fields.items():
            setattr(made, name, value)
        return made

    def _field(self, value: object, depth: int) -> object:
        if isinstance(value, ast.expr):
            return self.put(value, depth)
        if isinstance(value, list):
            made = [self._field(one, depth) for one in value]
            return value if all(one is two for one, two in zip(made, value, strict=True)) else made
        return value


def _asks(node: ast.AST) -> bool:
    """``find_spec("x")``, ``is_torch_available()``, ``"x" in sys.modules``."""
    if isinstance(node, ast.Call):
        name = (chain_of(node.func) or ("",))[-1]
        return name in _FINDERS or (name.startswith(_AVAILABLE) and name.endswith("_available"))
    return (
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.In)
        and chain_of(node.comparators[0]) == ("sys", "modules")
    )


def _facts_in(value: ast.expr) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in walk(value):
        chain = chain_of(node) if isinstance(node, (ast.Attribute, ast.Name)) else None
        if (chain and chain[0] in _HOMES) or _asks(node):
            found.append(node)
    return found


def _made_by(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement at the top binds, each with what it stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname and alias.name in _HOMES:
                yield alias.asname, _chain(alias.name)
    elif isinstance(node, ast.ImportFrom) and node.module in _HOMES and not node.level:
        for alias in node.names:
            value = ast.Attribute(_chain(node.module), alias.name, ast.Load())
            yield alias.asname or alias.name, value
    elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name):
            yield target.id, node.value
    elif isinstance(node, ast.FunctionDef):
        returned = _only_return(node)
        if returned is not None:
            yield node.name, ast.Lambda(node.args, returned)


def _only_return(node: ast.FunctionDef) -> ast.expr | None:
    """What a function gives that takes nothing and only returns."""
    arguments = node.args
    takes = arguments.posonlyargs or arguments.args or arguments.kwonlyargs
    body = [one for one in node.body if not _is_text(one)]
    if takes or node.decorator_list or len(body) != 1 or not isinstance(body[0], ast.Return):
        return None
    return body[0].value


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _chain(dotted: str) -> ast.expr:
    first, *rest = dotted.split(".")
    made: ast.expr = ast.Name(first, ast.Load())
    for part in rest:
        made = ast.Attribute(made, part, ast.Load())
    return made
