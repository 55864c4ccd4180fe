"""What names mean in a library's modules: definitions, imports, re-exports, and names that may be missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from hidden_needs.library import Library, Module
from hidden_needs.optional import (
    Function,
    asked_by_name,
    catches_import_error,
    dotted,
    gives_up,
    is_guard,
)


@dataclass(kw_only=True, slots=True, eq=False)
class Scopes:
    """All modules' names, dotted and absolute.

    defined: functions, classes and methods, with their modules
    aliases: name -> what it is another name of;   stars: module -> modules of which it takes all names
    soft:    name -> foreign modules: it is missing, or says no, where they are not installed
    """

    library: Library
    defined: dict[str, tuple[Module, Function | ast.ClassDef]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    stars: dict[str, list[str]] = field(default_factory=dict)
    soft: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _resolved: dict[str, str] = field(default_factory=dict)

    def resolve(self, name: str) -> str:
        """The definition that a dotted name of the library means; itself where nothing is known of it."""
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name, 12)
        return self._resolved[name]

    def _resolve(self, name: str, depth: int) -> str:
        if name in self.defined or depth == 0:
            return name
        if name in self.aliases:
            return self._resolve(self.aliases[name], depth - 1)
        head, dot, last = name.rpartition(".")
        for star in self.stars.get(head, ()):
            found = self._resolve(f"{star}.{last}", depth - 1)
            if found in self.defined or found in self.library.modules:
                return found
        if dot and head not in self.library.modules:
            owner = self._resolve(head, depth - 1)
            if owner != head:
                return self._resolve(f"{owner}.{last}", depth - 1)
        return name

    def soft_modules(self, name: str) -> tuple[str, ...]:
        """The foreign modules that a name stands or falls with."""
        for _ in range(8):
            if name in self.soft:
                return self.soft[name]
            if name not in self.aliases:
                return ()
            name = self.aliases[name]
        return ()

    def lineage(self, name: str, depth: int = 8) -> Iterator[str]:
        """A class and its bases, as far as they are the library's, depth first."""
        module, node = self.defined.get(name, (None, None))
        if module is None or not isinstance(node, ast.ClassDef) or depth == 0:
            return
        yield name
        for base in node.bases:
            yield from self.lineage(self.resolve(f"{module.name}.{dotted(base)}"), depth - 1)

    def method(self, owner: str, name: str) -> str:
        """The definition of a method, looked for in the bases too; "" if none is known."""
        named = (f"{one}.{name}" for one in self.lineage(owner))
        return next((one for one in named if one in self.defined), "")


def read_scopes(library: Library) -> Scopes:
    """Read the tops of all modules."""
    scopes = Scopes(library=library)
    for module in library.modules.values():
        _read_body(scopes, module, module.tree.body)
    return scopes


def _read_body(scopes: Scopes, module: Module, body: list[ast.stmt]) -> None:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            scopes.defined[f"{module.name}.{node.name}"] = module, node
        elif isinstance(node, ast.ClassDef):
            _read_class(scopes, module, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            _read_import(scopes, module, node)
        elif isinstance(node, ast.Try):
            _read_try(scopes, module, node)
        elif isinstance(node, ast.With) and is_guard(node):
            _read_body(scopes, module, node.body)
            names = [dotted(one.optional_vars) for one in node.items if one.optional_vars]
            _soften(scopes, module, node.body, names)
        elif isinstance(node, (ast.If, ast.With)):
            _read_body(scopes, module, node.body)
            _read_body(scopes, module, getattr(node, "orelse", []))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    _read_value(scopes, module, target.id, node.value)


def _read_class(scopes: Scopes, module: Module, node: ast.ClassDef) -> None:
    scopes.defined[f"{module.name}.{node.name}"] = module, node
    for one in node.body:
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            scopes.defined[f"{module.name}.{node.name}.{one.name}"] = module, one


def _read_import(scopes: Scopes, module: Module, node: ast.Import | ast.ImportFrom) -> None:
    for bound, target in bindings(module, node):
        if bound == "*":
            scopes.stars.setdefault(module.name, []).append(target)
        elif f"{module.name}.{bound}" != target:
            scopes.aliases[f"{module.name}.{bound}"] = target


def bindings(module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names that an import binds, with what they mean, absolute."""
    if isinstance(node, ast.Import):
        for one in node.names:
            yield (one.asname, one.name) if one.asname else (one.name.partition(".")[0],) * 2
        return
    base = module.absolute(node.level, node.module)
    for one in node.names:
        yield ("*", base) if one.name == "*" else (one.asname or one.name, f"{base}.{one.name}")


def _read_try(scopes: Scopes, module: Module, node: ast.Try) -> None:
    _read_body(scopes, module, [*node.body, *node.orelse])
    guards = [one for one in node.handlers if catches_import_error(one)]
    if not guards or any(gives_up(one.body) for one in guards):
        return
    if any(isinstance(one, (ast.Import, ast.ImportFrom)) for guard in guards for one in guard.body):
        return  # another module takes its place
    flagged = [*node.body, *node.orelse, *(one for guard in guards for one in guard.body)]
    targets = (one.targets for one in flagged if isinstance(one, ast.Assign))
    _soften(scopes, module, node.body, [dotted(one) for names in targets for one in names])


def _soften(scopes: Scopes, module: Module, body: list[ast.stmt], names: list[str]) -> None:
    """What a guarded body imports may be missing; ``names`` remember whether it is."""
    tried = [
        (bound, target)
        for one in body
        if isinstance(one, (ast.Import, ast.ImportFrom))
        for bound, target in bindings(module, one)
        if scopes.library.is_foreign(target)
    ]
    for bound, target in tried:
        scopes.soft[f"{module.name}.{bound}"] = (target,)
    for name in names if tried else ():
        scopes.soft.setdefault(f"{module.name}.{name}", tuple(target for _, target in tried))


def _read_value(scopes: Scopes, module: Module, name: str, value: ast.expr) -> None:
    """``pd = lazy_import("pandas")``, flags, tables of what is imported late, and other names for something."""
    if isinstance(value, ast.Dict):
        _read_table(scopes, module, value)
        return
    calls = [one for one in ast.walk(value) if isinstance(one, ast.Call)]
    asked = [one for call in calls for one in asked_by_name(call) if scopes.library.is_foreign(one)]
    if asked:
        scopes.soft[f"{module.name}.{name}"] = tuple(asked)
    elif dotted(value):
        scopes.aliases.setdefault(f"{module.name}.{name}", f"{module.name}.{dotted(value)}")


def _read_table(scopes: Scopes, module: Module, value: ast.Dict) -> None:
    """``{"models.bert": ["BertModel"]}`` or ``{"Chroma": "langchain_community.vectorstores.chroma"}``."""
    for key, entry in zip(value.keys, value.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            continue
        listed = entry.elts if isinstance(entry, (ast.List, ast.Tuple)) else [entry]
        texts = [
            one.value
            for one in listed
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        for text in texts:
            for home, name in ((key.value, text), (text, key.value)):
                for whole in (home, f"{module.name}.{home.lstrip('.')}"):
                    if whole in scopes.library.modules and name.isidentifier():
                        scopes.aliases.setdefault(f"{module.name}.{name}", f"{whole}.{name}")
