"""What `ops0 deploy` prints of an image."""

from __future__ import annotations

import pytest

from ops0.cli.commands.deploy import image_line
from ops0.core.pipeline import StepName
from ops0_builder.deploy.values import DeployedImage

DIGEST = f"sha256:{'0' * 64}"


@pytest.mark.parametrize(
    ("reference", "beside"),
    [("ops0/flow/load:0123456789abcdef", DIGEST), (f"r.example/team/flow@{DIGEST}", "load")],
)
def test_it_tells_step_and_digest_once(reference: str, beside: str) -> None:
    image = DeployedImage(step=StepName("load"), reference=reference, digest=DIGEST, key="k")
    assert image_line(image) == f"{reference}  {beside}"
