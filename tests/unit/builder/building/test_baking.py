"""How many targets one call of BuildKit gets, and which of its faults pass."""

from __future__ import annotations

from ops0.core.pipeline import StepName
from ops0_builder.building.baking import _LATE, MOST_TARGETS, batched


def test_each_step_is_in_one_call_and_no_call_has_too_many() -> None:
    tags = {StepName(f"s{number}"): f"t{number}" for number in range(2 * MOST_TARGETS + 1)}
    calls = list(batched(tags))
    assert [len(call) for call in calls] == [MOST_TARGETS, MOST_TARGETS, 1]
    assert {step: tag for call in calls for step, tag in call.items()} == tags
    assert list(batched({})) == []


def test_a_target_that_was_begun_too_late_is_known_by_what_buildkit_says() -> None:
    said = "ERROR: target s9: failed to receive status: rpc error: code = NotFound desc = no such job po9f"
    assert _LATE.search(said)
    assert not _LATE.search("ERROR: failed to solve: no such file")
