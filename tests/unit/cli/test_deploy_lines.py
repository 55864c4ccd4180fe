"""What `ops0 deploy` prints of an image, and `ops0 deployments` where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ops0.cli.commands.deploy import image_line
from ops0.cli.main import ops0_command
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


def test_an_empty_list_says_where_else_deployments_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = '[environments.test]\n[environments.prod]\nregistry = "h.test/team"\n'
    (tmp_path / "ops0.toml").write_text(settings)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(ops0_command, ["deployments"])
    assert done.stderr.splitlines() == [
        "Nothing is deployed on this machine. Deploy: ops0 deploy --env ENV",
        "What the registry of prod has: ops0 deployments NAME --env prod",
    ]
