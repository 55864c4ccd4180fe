"""What calling code does, with all that it calls: found together, since functions may call each other in circles."""

from __future__ import annotations

from ops0.core.analyzer.callables import Code
from ops0.core.analyzer.doings import Doings, Known, Local
from ops0.core.analyzer.watching import watch

__all__ = ["solve"]


def solve(code: Code, known: dict[Code, Doings]) -> None:
    """Add to ``known`` what code and all that it calls do: the called first, so once each where nothing recurs."""
    order, callers = _called_first(code, known)
    found = {one: Doings() for one in order}
    pending = dict.fromkeys(order)
    while pending:
        here = next(iter(pending))
        del pending[here]
        done = _look(here, lambda one: known.get(one) or found.setdefault(one, Doings()))
        if done.size() != found[here].size():
            found[here] = done
            pending.update(dict.fromkeys(callers.get(here, ())))
    known.update(found)


def _called_first(
    code: Code, known: dict[Code, Doings]
) -> tuple[list[Code], dict[Code, list[Code]]]:
    """What a call may run that is not known yet, each after what it calls; and who calls each."""
    order: list[Code] = []
    callers: dict[Code, list[Code]] = {}
    seen = {code}
    stack = [(code, iter(_callees(code, known)))]
    while stack:
        here, rest = stack[-1]
        callee = next(rest, None)
        if callee is None:
            order.append(here)
            stack.pop()
            continue
        callers.setdefault(callee, []).append(here)
        if callee not in seen:
            seen.add(callee)
            stack.append((callee, iter(_callees(callee, known))))
    return order, callers


def _callees(code: Code, known: dict[Code, Doings]) -> list[Code]:
    asked: dict[Code, None] = {}

    def note(callee: Code) -> Doings:
        if callee not in known:
            asked[callee] = None
        return Doings()

    _look(code, note)
    return list(asked)


def _look(code: Code, known: Known) -> Doings:
    """What one piece of code does, given what is known of what it calls."""
    if not code.members:
        return watch(code.body, code, known)
    done = Doings()
    for one in code.members:
        done.take(known(one), "*")
        if any(isinstance(root, Local) for root in known(one).changed):
            done.changed |= one.owner
    return done
