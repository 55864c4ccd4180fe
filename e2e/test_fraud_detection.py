"""The example of the contributor guide, whole: a real broker, a model, containers without a network, an alert."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from driver.command import ops0
from driver.leftovers import engine_objects, runs
from receiving import receiver
from streaming import Broker, a_broker

EXAMPLE = Path(__file__).parents[1] / "examples" / "fraud_detection"
TOLD = re.compile(r"(\d+) high-risk transactions detected, [\d,.]+ in all: (.+)")


def python(project: Path, env: dict[str, str], *argv: str) -> str:
    words = [sys.executable, *argv]
    done = subprocess.run(words, cwd=project, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example, with Slack elsewhere."""
    ignore = shutil.ignore_patterns("__pycache__", "ops0.lock")
    copy = Path(shutil.copytree(EXAMPLE, tmp_path / "fraud_detection", ignore=ignore))
    path = copy / "pipeline.py"
    text, alert = path.read_text(), 'slack(channel="#fraud-alerts"'
    assert alert in text
    path.write_text(text.replace(alert, f'{alert}, base_url="env:SLACK_API"'))
    return copy


@pytest.fixture
def broker(tmp_path: Path):
    with a_broker(tmp_path) as made:
        made.create("transactions", partitions=3)
        yield made


@pytest.mark.docker
@pytest.mark.slow
def test_fraud_detection(project: Path, broker: Broker, env: dict[str, str], state: Path) -> None:
    env = {**env, "KAFKA_BOOTSTRAP_SERVERS": broker.address, "SLACK_BOT_TOKEN": "xoxb-test"}
    said = python(project, env, "train.py")
    assert said.startswith("188 of 193 frauds found, 0 false alarms among 19807 honest payments")
    assert "188 of 193 frauds found" in (EXAMPLE / "README.md").read_text()
    found: list[str] = []
    with receiver() as slack:
        env["SLACK_API"] = slack.url
        for seed, options in ((2, []), (3, ["--containers"])):
            python(project, env, "payments.py", "500", str(seed))
            done = ops0(["run", "--json", *options], folder=project, env=env)
            assert done.code == 0, str(done)
            (result,) = done.data["results"].values()
            told = TOLD.fullmatch(result)
            assert told is not None
            found += told[2].split(", ")
        empty = ops0(["run", "--containers"], folder=project, env=env)
        assert empty.code == 77, str(empty)
        posted = [body["text"] for _, _, body in slack.got]
    assert [len(TOLD.search(text)[2].split(", ")) for text in posted] == [
        len([one for one in found if one.startswith(f"f{seed}")]) for seed in (2, 3)
    ], "each batch is told once, and all that is told is fraud"
    assert len(set(found)) == len(found)
    assert engine_objects(runs(state)) == ()
