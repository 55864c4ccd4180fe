"""``ops0.log_metric`` and ``ops0.log_artifact`` in real runs, from the step to events, ``--json`` and report."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from driver.command import OPS0

from ops0.runtime.events import read_events
from ops0.runtime.runs import newest_run
from ops0.runtime.watching.history import history_of

BOTH = pytest.mark.parametrize(
    "words", [(), pytest.param(("--containers",), marks=pytest.mark.docker)], ids=str
)
PIPELINE = """
import tempfile, threading
from pathlib import Path
import ops0

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944"
                    "415478da6364f8cf500f000386018028d4d66b0000000049454e44ae426082")

@ops0.retry(max_attempts=2, backoff="10ms")
@ops0.step
def train(epochs: int = 5):
    for epoch in range(epochs):
        ops0.log_metric("loss", 1 / (1 + epoch))
    ops0.log_metric("score", float("nan"))
    threads = [threading.Thread(target=ops0.log_metric, args=(f"thread {n}", n)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    folder = Path(tempfile.mkdtemp())
    (folder / "notes.txt").write_text("kept")
    ops0.log_artifact(folder / "notes.txt", "deep/notes.txt")
    ops0.log_artifact(PNG, "dot.png")
    return 7

@ops0.step
def use(train):
    return train
"""


@BOTH
def test_they_reach_events_json_and_report(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "flow.py").write_text(PIPELINE)
    command = [OPS0, "run", "flow.py", "--json", *words]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)["calls"]
    assert told["train"]["metrics"]["loss"] == 0.2
    assert told["train"]["metrics"]["score"] == "nan"
    assert "metrics" not in told["use"]
    kept = told["train"]["artifacts"]
    assert sorted(kept) == ["deep/notes.txt", "dot.png"]
    assert Path(kept["deep/notes.txt"]).read_text() == "kept"
    folder = newest_run()
    (attempt,) = history_of(read_events(folder.events)).calls["train"].attempts  # type: ignore[index]
    assert [(one.step, one.value) for one in attempt.metrics["loss"]][-1] == (4, 0.2)
    assert len(attempt.metrics) == 22
    command = [OPS0, "report", "-o", "-"]
    page = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "deep/notes.txt" in page
    assert page.count("data:image/png;base64") == 1
    assert 'aria-label="loss, at most 1"' in page


FAILS = """
import os
import ops0

@ops0.step
def train(hard: bool = False):
    ops0.log_artifact(b"what there was", "notes.txt")
    if hard:
        os.abort()
    raise ValueError("no rows")
"""


@BOTH
@pytest.mark.parametrize("hard", ["false", "true"])
def test_what_a_failed_attempt_kept_is_kept(
    tmp_path: Path, words: tuple[str, ...], hard: str
) -> None:
    (tmp_path / "flow.py").write_text(FAILS)
    command = [OPS0, "run", "flow.py", "--param", f"hard={hard}", *words]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == (54 if hard == "true" else 50), done.stderr
    folder = newest_run()
    assert (folder.path / "artifacts/train/notes.txt").read_text() == "what there was"
    (attempt,) = history_of(read_events(folder.events)).calls["train"].attempts  # type: ignore[index]
    assert attempt.artifacts == {"notes.txt": 14}


def test_a_secret_is_neither_a_metric_nor_an_artifact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_HERE", "s3cret-of-the-test")
    (tmp_path / "flow.py").write_text(
        "import os\nimport ops0\n\n"
        '@ops0.secrets(TOKEN="env:TOKEN_HERE")\n@ops0.step\ndef leak(artifact: bool = False):\n'
        "    ops0.log_metric(f\"of {os.environ['TOKEN']}\", 1)\n"
        '    if artifact:\n        ops0.log_artifact(os.environ["TOKEN"].encode(), "a.bin")\n'
    )
    subprocess.run([OPS0, "run", "flow.py"], cwd=tmp_path, check=True)
    events = newest_run().events.read_text()
    assert '"name":"of ***"' in events
    command = [OPS0, "run", "flow.py", "--param", "artifact=true"]
    failed = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert failed.returncode == 51
    assert "the result holds the secret TOKEN" in failed.stderr
    assert "s3cret" not in newest_run().events.read_text()
    assert not (newest_run().path / "artifacts").exists()
