from __future__ import annotations

from dataclasses import replace

import pytest

from ops0_builder.lock.inputs import (
    StepChange,
    StepInputs,
    changes,
    inputs_digest,
    pipeline_inputs,
    target_text,
)


def test_a_step_asks_each_requirement_once_and_sorted(made):
    pipeline = made.pipeline(made.step("a", "pandas", "numpy>=2", "pandas", group="own"))
    assert pipeline_inputs(pipeline, {"a": made.target}) == (
        StepInputs(step="a", requirements=("numpy>=2", "pandas"), target=made.target, group="own"),
    )


def test_the_order_of_the_steps_does_not_matter_but_all_else_does(made):
    one = StepInputs(step="a", requirements=("numpy",), target=made.target)
    two = StepInputs(step="b", requirements=("pandas",), target=made.target)
    digest = inputs_digest((one, two))
    assert inputs_digest((two, one)) == digest
    others = [
        (one,),
        (one, replace(two, step="c")),
        (one, replace(two, requirements=("pandas>=2",))),
        (one, replace(two, group="own")),
        (one, replace(two, target=replace(made.target, glibc=(2, 41)))),
        (one, replace(two, target=replace(made.target, python="3.12"))),
        (one, replace(two, target=replace(made.target, platform="linux/arm64"))),
        (replace(one, requirements=("pandas",)), replace(two, requirements=("numpy",))),
    ]
    digests = [inputs_digest(other) for other in others]
    assert len({digest, *digests}) == 1 + len(others)


def test_changes_name_what_came_and_what_went(made):
    old = (
        StepInputs(step="gone", requirements=("x",), target=made.target),
        StepInputs(step="same", requirements=("numpy",), target=made.target),
        StepInputs(step="train", requirements=("numpy", "pandas"), target=made.target),
        StepInputs(step="moved", requirements=("numpy",), target=made.target),
    )
    new = (
        StepInputs(step="same", requirements=("numpy",), target=made.target),
        StepInputs(step="train", requirements=("numpy", "polars"), target=made.target),
        StepInputs(
            step="moved",
            requirements=("numpy",),
            target=replace(made.target, python="3.13", glibc=(2, 41)),
            group="own",
        ),
        StepInputs(step="new", requirements=("scipy",), target=made.target),
    )
    found = changes(old, new)
    assert [str(change) for change in found] == [
        "gone: -x (step is gone)",
        (
            "moved: (target Python 3.11 on linux/amd64 (glibc 2.36) -> "
            "Python 3.13 on linux/amd64 (glibc 2.41), group common -> own)"
        ),
        "new: +scipy (new step)",
        "train: +polars -pandas",
    ]
    assert found[3] == StepChange(step="train", added=("polars",), removed=("pandas",))


def test_equal_inputs_have_no_changes(made):
    inputs = (StepInputs(step="a", requirements=("x",), target=made.target),)
    assert changes(inputs, inputs) == ()


def test_a_step_without_a_target_is_the_callers_fault(made):
    with pytest.raises(KeyError):
        pipeline_inputs(made.pipeline(made.step("a")), {})


def test_a_target_reads_as_a_sentence(made):
    assert target_text(made.target) == "Python 3.11 on linux/amd64 (glibc 2.36)"
