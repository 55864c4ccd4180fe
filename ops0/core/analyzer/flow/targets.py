"""Luigi's tasks: what ``self.input()`` of a task is, the outputs of the tasks that it requires.

https://luigi.readthedocs.io/en/stable/tasks.html#task-input
"""

from __future__ import annotations

from ops0.core.analyzer.flow.classes import lineage
from ops0.core.analyzer.flow.members import Members, Summaries
from ops0.core.analyzer.flow.places import Place
from ops0.core.analyzer.flow.values import Made, Own, Value
from ops0.core.analyzer.project.resolve import External

__all__ = ["outputs_of_required"]

_INPUT, _REQUIRED, _OUTPUT = "input", "requires", "output"
_BASES = ("luigi.", "law.", "sciluigi.", "b2luigi.")


def outputs_of_required(known: Summaries, owner: Place, name: str) -> Value | None:
    """What a method of the class at a place gives that no class of the project has: None where it is not Luigi's."""
    if name != _INPUT:
        return None
    bases = (one.dotted for one in lineage(owner) if isinstance(one, External))
    if not any(one.startswith(_BASES) for one in bases):
        return None
    required = known.attribute(owner, _REQUIRED)
    own = Value(frozenset(one for one in required.makers if isinstance(one, Own) and one.instance))
    given = Members(known, owner).member(own, _OUTPUT)
    return Value(frozenset(one for one in given.makers if isinstance(one, Made)))
