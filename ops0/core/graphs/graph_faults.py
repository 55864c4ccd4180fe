"""What keeps steps from being joined by names."""

from __future__ import annotations

from ops0.core.errors import InvalidPipelineError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ops0.core.graph import Node

__all__ = ["AmbiguousProvider", "DuplicateStep", "MissingProvider"]


class MissingProvider(InvalidPipelineError):
    """An argument that nobody provides."""

    def __init__(
        self,
        node: Node,
        argument: str,
        available: tuple[str, ...],
        later: str | None,
        *,
        waits: bool = False,
    ) -> None:
        """``later``: a step further down that would provide it;  ``waits``: which itself waits for this one."""
        super().__init__(
            f"{_at(node)}Step '{node.name}' expects argument '{argument}' but no previous step provides it. "
            f"Available outputs: {', '.join(available) or 'none'}",
            f"step '{later}' would provide it but waits for '{node.name}' itself: one of the two must do without"
            if waits
            else f"step '{later}' would provide it but is declared later: move it up"
            if later
            else f"name a step or its output= '{argument}', give the argument a default, "
            f"or run with --param {argument}=...",
        )
        self.step, self.argument, self.available, self.later = node.name, argument, available, later


class AmbiguousProvider(InvalidPipelineError):
    """An argument that more than one step provides equally well."""

    def __init__(
        self,
        node: Node,
        argument: str,
        candidates: tuple[str, ...],
        available: tuple[str, ...],
        rule: str,
    ) -> None:
        super().__init__(
            f"{_at(node)}Step '{node.name}' expects argument '{argument}' and several previous steps provide it "
            f"equally: {', '.join(candidates)} ({rule}). Available outputs: {', '.join(available)}",
            f"name the argument after one of the steps, or say @ops0.step(output='{argument}') on one",
        )
        self.step, self.argument, self.rule = node.name, argument, rule
        self.candidates, self.available = candidates, available


class DuplicateStep(InvalidPipelineError):
    """Two steps of one name."""

    def __init__(self, node: Node, first: Node) -> None:
        before = f"; the first is at {first.place}" if first.place else ""
        super().__init__(
            f"{_at(node)}a second step is named '{node.name}'{before}",
            "rename one, or say @ops0.step(name=...)",
        )
        self.step = node.name


def _at(node: Node) -> str:
    return f"{node.place}: " if node.place else ""
