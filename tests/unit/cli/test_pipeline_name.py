"""What a pipeline is called: by its own name, else by the settings, else as its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops0.cli.wiring import read_pipeline
from ops0.cli.work import open_work

STEP = "import ops0\n\n@ops0.step\ndef rows() -> int:\n    return 1\n"
FUNCTION = STEP + "\n@ops0.pipeline\ndef flow():\n    return rows()\n"
BLOCK = "import ops0\nwith ops0.pipeline('block'):\n" + "".join(
    f"    {line}\n" for line in STEP.splitlines()[2:]
)


@pytest.mark.parametrize(
    ("code", "settings", "file", "name"),
    [
        (STEP, "", "pipeline.py", "pipeline"),
        (STEP, 'name = "churn"', "pipeline.py", "churn"),
        (STEP, 'name = "churn"\npipeline = "flow.py"', "flow.py", "churn"),
        (STEP, 'name = "churn"\npipeline = "flow.py"', "other.py", "other"),
        (STEP, 'name = "churn"\npipeline = "./flow.py"', "flow.py", "churn"),
        (FUNCTION, 'name = "churn"', "pipeline.py", "flow"),
        (BLOCK, 'name = "churn"', "pipeline.py", "block"),
    ],
)
def test_a_pipeline_is_called(
    tmp_path: Path, code: str, settings: str, file: str, name: str
) -> None:
    (tmp_path / "ops0.toml").write_text(settings)
    (tmp_path / file).write_text(code)
    assert read_pipeline(open_work(str(tmp_path / file))).name == name


def test_the_settings_name_and_the_files_both_select_it(tmp_path: Path) -> None:
    (tmp_path / "ops0.toml").write_text('name = "churn"')
    (tmp_path / "pipeline.py").write_text(STEP)
    for wanted in ("churn", "pipeline"):
        assert read_pipeline(open_work(f"{tmp_path}/pipeline.py:{wanted}")).name == "churn"
