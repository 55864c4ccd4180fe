from __future__ import annotations

from hashlib import sha256

from ops0.cli.show.plain_json import as_json, json_text
from ops0.cli.show.plan_document import plan_document
from ops0.core.pipeline import Pipeline, Slice
from tests.handmade import a_pipeline, a_slice, a_step

SHARED = a_slice("import os\n")
OWN = Slice(module="pipeline", path="pipeline.py", text="\nprint('ö')\n", whole="exec")


def a_plan() -> Pipeline:
    return a_pipeline([a_step("load", slices=SHARED), a_step("fit", slices=(*SHARED, OWN))])


def test_a_text_that_many_steps_hold_is_there_once_by_its_sha256() -> None:
    made = plan_document(a_plan(), ())
    assert made["texts"] == {
        sha256(one.text.encode()).hexdigest(): one.text for one in (*SHARED, OWN)
    }
    assert json_text(made).count("import os") == 1


def test_every_slice_is_found_again_with_all_that_is_known_of_it() -> None:
    plan = a_plan()
    made = plan_document(plan, ())
    for step, said in zip(plan.steps, made["pipeline"]["steps"], strict=True):
        again = [
            {key: value for key, value in one.items() if key != "sha256"}
            | {"text": made["texts"][one["sha256"]]}
            for one in said["slices"]
        ]
        assert again == as_json(step.slices)
        assert said | {"slices": again} == as_json(step)


def test_the_rest_of_the_pipeline_is_as_it_is() -> None:
    plan = a_plan()
    said = plan_document(plan, ())["pipeline"]
    assert said | {"steps": []} == as_json(plan) | {"steps": []}
