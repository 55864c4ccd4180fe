"""Ways through syntax: they find what ``ast`` finds, but operators and contexts."""

import ast

from ops0.core.analyzer.syntax.walking import Visitor, children, walk

EVERY_PATTERN = """
def told(value):
    global seen
    match value:
        case True | False | None:
            seen = 1
        case 1 | "two" | Kind.three:
            seen = 2
        case [first, *rest] | (first, *_, rest):
            seen = rest
        case {"key": Point(x=0, y=[*_]) as point, **others} if others:
            seen = point
        case _:
            seen = None
"""


def _nodes(tree: ast.AST) -> list[ast.AST]:
    without = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
    return [node for node in ast.walk(tree) if not isinstance(node, without)]


def test_every_pattern_of_a_match_is_walked_as_ast_does() -> None:
    tree = ast.parse(EVERY_PATTERN)
    assert walk(tree) == _nodes(tree)
    for node in walk(tree):
        assert all(isinstance(inner, ast.AST) for inner in children(node))


def test_a_visitor_passes_by_what_stands_in_no_node() -> None:
    seen: list[str] = []

    class Names(Visitor):
        def visit_Name(self, node: ast.Name) -> None:
            seen.append(node.id)

    tree = ast.parse(EVERY_PATTERN)
    Names().visit(tree)
    assert sorted(seen) == sorted(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
