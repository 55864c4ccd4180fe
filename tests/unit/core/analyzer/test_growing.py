"""What is known of a reach goes on with another one: nothing is left behind, and nothing is shared that changes."""

from __future__ import annotations

from types import MappingProxyType

from ops0.core.analyzer.effects.growing import Growing
from ops0.core.analyzer.project.shelf import Shelf
from ops0.core.analyzer.reach.findings import Findings
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource


class Heard(Growing[Findings]):
    """One of each kind of field."""

    anew = MappingProxyType({"at": 0})

    def __init__(self, reach: Findings) -> None:
        super().__init__(reach)
        self.at, self.bits, self.fixed = 3, 5, frozenset({"a"})
        self.said: set[str] | None = {"a"}
        self.waiting = ["a"]
        self.by_name = {"a": ["b"], "c": ["d"]}
        self.others: dict[str, Heard] = {}


def findings() -> Findings:
    return Findings(
        Shelf(MemorySource({"p.py": ""})).project("p.py", (".",), Target(python="3.11"), ())
    )


def test_all_is_taken_over_but_what_is_of_the_reach_itself() -> None:
    first, reach = Heard(findings()), findings()
    first.others["x"] = Heard(first.reach)
    made = first.continued(reach)
    assert isinstance(made, Heard)
    assert vars(made).keys() == vars(first).keys()
    assert (made.reach, made.at) == (reach, 0)
    same = ("bits", "fixed", "said", "waiting", "by_name")
    assert [vars(made)[name] for name in same] == [vars(first)[name] for name in same]
    assert (made.others["x"].reach, made.others["x"].at) == (reach, 0)


def test_neither_sees_what_the_other_learns() -> None:
    first = Heard(findings())
    first.others["x"] = Heard(first.reach)
    made = first.continued(findings())
    for one, text in ((made, "later"), (first, "too late")):
        assert one.said is not None
        one.said.add(text)
        one.waiting.append(text)
        one.by_name["a"].append(text)
        one.by_name[text] = []
        one.others["x"].waiting.append(text)
    assert (made.said, first.said) == ({"a", "later"}, {"a", "too late"})
    assert (made.waiting, first.waiting) == (["a", "later"], ["a", "too late"])
    assert made.by_name == {"a": ["b", "later"], "c": ["d"], "later": []}
    assert first.by_name == {"a": ["b", "too late"], "c": ["d"], "too late": []}
    assert made.others["x"].waiting == ["a", "later"]


def test_what_may_be_nothing_stays_nothing() -> None:
    first = Heard(findings())
    first.said = None
    assert first.continued(findings()).said is None
