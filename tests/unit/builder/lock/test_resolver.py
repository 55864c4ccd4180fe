"""The number of uv's calls, and what is concluded from its answers; uv is a small table of facts here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from ops0.core.errors import ErrorGroup
from ops0.core.pipeline import Reason, Where
from ops0.host.process import Completed
from ops0_builder.lock.diagnosis import diagnose
from ops0_builder.lock.errors import (
    Conflict,
    NoFittingFile,
    NoSuchDistribution,
    RequirementUnfit,
    ResolverFailed,
)
from ops0_builder.lock.files import Tools
from ops0_builder.lock.inputs import pipeline_inputs
from ops0_builder.lock.resolver import StepGroup, asked_by, resolve
from ops0_builder.lock.uv_program import Uv
from ops0_builder.lock.wheelhouse import Wheelhouse
from ops0_builder.lock.wheels_for import wheels_for


class FakeIndex:
    """Plays ``uv pip compile`` over one version a name.

    needs: name -> names;  conflicts: pairs that cannot both be there
    unfit: names that do not fit the target;  extras: names asked with extras;  left_out: names that it never prints
    unlisted: names that it resolves but has no files of
    """

    def __init__(self, needs, *, conflicts=(), unfit=(), extras=(), left_out=(), unlisted=()):
        self.needs = {name: list(names) for name, names in needs.items()}
        self.conflicts = [set(pair) for pair in conflicts]
        self.unfit = set(unfit)
        self.extras = set(extras)
        self.left_out = set(left_out)
        self.unlisted = set(unlisted)
        self.calls = []

    def __call__(self, argv, *, cwd=None, env=None, send=b"", timeout=None, stop=None):
        self.calls.append(argv)
        roots = [Requirement(line) for line in Path(argv[3]).read_text().splitlines()]
        names = [root.name for root in roots]
        bad = [name for name in names if name not in self.needs]
        if "--universal" not in argv:
            bad += [name for name in names if name in self.unfit]
        bad += [root.name for root in roots if not root.specifier.contains("1")]
        found = set(names) if "--no-deps" in argv else self.reach(names)
        found -= self.left_out
        broken = any(pair <= found for pair in self.conflicts)
        if bad or broken:
            return Completed(argv=argv, code=1, out="", err=f"no {sorted(bad)} {sorted(names)}")
        text = self.listing(found) if "pylock.toml" in argv else self.pins(found)
        if "--output-file" in argv:
            Path(argv[argv.index("--output-file") + 1]).write_text(text)
        return Completed(argv=argv, code=0, out=text, err="")

    def reach(self, names):
        found, todo = set(), list(names)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.needs.get(name, ())
        return found

    def pins(self, found):
        lines = []
        for name in sorted(found):
            lines.append(f"{name}{'[x]' if name in self.extras else ''}==1")
            lines += [f"    # via {other}" for other in sorted(found) if name in self.needs[other]]
        return "\n".join(lines)

    def listing(self, found):
        return "\n".join(
            f'[[packages]]\nname = "{name}"\nversion = "1"\n'
            f'wheels = [{{ url = "https://x/{name}-1-py3-none-any.whl" }}]'
            for name in sorted(found - self.unlisted)
        )

    def uv(self):
        return Uv(program="uv", folder=Path("/"), environment={}, run=self)


def resolved(made, index, pipeline):
    names = frozenset(step.name for step in pipeline.steps)
    inputs = pipeline_inputs(pipeline, dict.fromkeys(names, made.target))
    asked = asked_by(pipeline, names)
    return resolve(StepGroup(inputs=inputs, target=made.target, asked=asked), index.uv())


def test_a_thousand_steps_cost_two_calls(made):
    needs = {f"d{n}": ["base"] if n % 2 else [] for n in range(1000)} | {"base": []}
    index = FakeIndex(needs)
    steps = (made.step(f"s{n}", f"d{n}") for n in range(1000))
    found = resolved(made, index, made.pipeline(*steps))
    assert len(index.calls) == 2
    assert found.steps["s3"] == {"d3", "base"}
    assert found.steps["s4"] == {"d4"}
    assert set(found.offers) == set(needs)


def test_steps_that_reach_extras_are_resolved_alone_once_a_set(made):
    index = FakeIndex({"web": ["socks"], "socks": [], "plain": []}, extras=["web"])
    pipeline = made.pipeline(
        made.step("a", "web[x]"),
        made.step("b", "plain"),
        made.step("c", "web[x]"),
        made.step("d", "web[x]", "plain"),
    )
    found = resolved(made, index, pipeline)
    assert len(index.calls) == 2 + 2
    assert found.steps["a"] == found.steps["c"] == {"web", "socks"}
    assert found.steps["b"] == {"plain"}
    assert found.steps["d"] == {"web", "socks", "plain"}
    assert all("--constraints" in argv for argv in index.calls[2:])


def test_steps_without_needs_cost_no_call(made):
    index = FakeIndex({})
    found = resolved(made, index, made.pipeline(made.step("a"), made.step("b")))
    assert found.steps == {"a": frozenset(), "b": frozenset()}
    assert index.calls == []


def test_a_requirement_without_a_pin_is_an_error_unless_its_marker_says_so(made):
    index = FakeIndex({"aa": [], "bb": []}, left_out=["bb"])
    with pytest.raises(ResolverFailed, match=r"flow\.py:\d+: bb\n"):
        resolved(made, index, made.pipeline(made.step("s", "aa", "bb")))
    elsewhere = made.pipeline(made.step("s", "aa", "bb; sys_platform == 'win32'"))
    assert resolved(made, index, elsewhere).pins == {"aa": "1"}


def test_what_uv_lists_no_files_of_is_named_also_where_no_pipeline_asks(made, tmp_path):
    index = FakeIndex({"aa": ["bb"], "bb": []}, unlisted=["bb"])
    tools = Tools(
        uv=index.uv(),
        pip=None,
        wheelhouse=Wheelhouse(tmp_path),
        repositories=None,
        progress=print,
    )
    with pytest.raises(ResolverFailed, match="uv resolved bb but lists no files of it"):
        wheels_for(["aa"], made.target, {}, tools, "ops0")


def test_what_cannot_be_read_is_reported_together(made):
    pipeline = made.pipeline(made.step("a", "x y", line=1), made.step("b", "??", line=2))
    with pytest.raises(ErrorGroup) as caught:
        asked_by(pipeline, frozenset({"a", "b"}))
    assert [(type(it), it.place) for it in caught.value.errors] == [
        (RequirementUnfit, "flow.py:1"),
        (RequirementUnfit, "flow.py:2"),
    ]


def test_an_address_is_refused_where_it_is_written(made):
    # It was refused at the place of the import, where nobody had written an address.
    text = "a @ http://example.org/a-1-py3-none-any.whl"
    step = made.step("s", text, line=3)
    said = Reason(Where("requirements.txt", 2), f"declared: {text}")
    (need,) = step.needs
    step = replace(step, needs=(replace(need, reasons=(*need.reasons, said)),))
    with pytest.raises(RequirementUnfit) as caught:
        asked_by(made.pipeline(step), frozenset({"s"}))
    assert caught.value.place == "requirements.txt:2"


def diagnosed(made, index, *steps):
    pipeline = made.pipeline(*steps)
    asked = asked_by(pipeline, frozenset(step.name for step in steps))
    return diagnose(asked, made.target, "uv's words", index.uv())


def test_each_requirement_that_fails_alone_is_its_own_fault(made):
    index = FakeIndex({"a": [], "b": [], "c": []}, unfit=["b"])
    faults = diagnosed(
        made, index, made.step("s", "a", "b", line=1), made.step("t", "nowhere", "c>1", line=2)
    )
    assert [(type(fault), fault.place) for fault in faults] == [
        (NoFittingFile, "flow.py:1"),
        (NoSuchDistribution, "flow.py:2"),
        (NoSuchDistribution, "flow.py:2"),
    ]
    assert [fault.name_known for fault in faults[1:]] == [False, True]


def test_a_conflict_is_cut_down_to_what_takes_part(made):
    index = FakeIndex({"a": ["x"], "b": ["y"], "c": [], "x": [], "y": []}, conflicts=[("x", "y")])
    faults = diagnosed(
        made,
        index,
        made.step("s", "c", "a", line=1),
        made.step("t", "b", line=2),
        made.step("u", "b", "c", line=3),
    )
    assert len(faults) == 1
    assert isinstance(faults[0], Conflict)
    assert faults[0].asked == (
        ("s", "flow.py:1", "a"),
        ("t", "flow.py:2", "b"),
        ("u", "flow.py:3", "b"),
    )
    assert faults[0].explanation == "  no [] ['a', 'b']"


def test_what_one_requirement_needs_in_turn_is_no_conflict_of_several(made):
    index = FakeIndex({"a": ["x", "y"], "x": [], "y": []}, conflicts=[("x", "y")])
    faults = diagnosed(made, index, made.step("s", "a", line=1), made.step("t", "a", line=2))
    assert "or what it needs in turn, cannot be had" in str(faults[0])
    assert "group=" not in str(faults[0].hint)
