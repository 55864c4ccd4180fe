"""What classes say that they need in a table of tags, as sktime and its kin do: ``python_dependencies``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from hidden_needs.asks import Ask
from hidden_needs.scopes import Scopes


def tagged(scopes: Scopes, name: str) -> Iterator[Ask]:
    """The needs of a class by its own tags, or by those of the nearest base that has any.

    ``["pyts", "scikit-learn<1.8"]`` are both needed, of a list inside the list any one: nobody can say which.
    """
    module, value = _tag(scopes, name)
    if value is None:
        return
    listed = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
    for one in listed:
        for text in ast.walk(one):
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                requirement = _requirement(text.value)
                if requirement is not None:
                    yield Ask(
                        module=requirement.name,
                        where=f"{module}:{text.lineno}",
                        sure=text is one,
                        bounds=str(requirement.specifier),
                    )


def _tag(scopes: Scopes, name: str) -> tuple[str, ast.expr | None]:
    """The tag that counts, and the file that has it."""
    for one in scopes.lineage(name):
        module, node = scopes.defined[one]
        body = node.body if isinstance(node, ast.ClassDef) else []
        for stated in body:
            value = stated.value if isinstance(stated, ast.Assign) else None
            if isinstance(value, ast.Dict):
                for key, said in zip(value.keys, value.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "python_dependencies":
                        return module.path, said
    return "", None


def narrows(bounds: str) -> bool:
    """Whether the newest version may not do.

    >>> narrows(">=1.0,<2"), narrows(">=1.0"), narrows("")
    (True, False, False)
    """
    return any(one.operator not in (">", ">=") for one in SpecifierSet(bounds))


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
