"""torch for steps without a GPU: an index of CPU builds among pip's settings is enough, and the lock takes from it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from driver.command import OPS0
from driver.wheels import make_index, make_wheel

STEP = "import ops0\nimport torch\n\n\n@ops0.step\ndef build() -> str:\n    return torch.VERSION\n"
FOR_A_GPU = "nvidia_cudnn_cu13"


def ops0(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([OPS0, *words], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def test_an_index_of_cpu_builds_is_asked_first_and_the_hint_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = [
        make_wheel(tmp_path / "usual", "torch", "2.0", requires=(FOR_A_GPU.replace("_", "-"),)),
        make_wheel(tmp_path / "usual", FOR_A_GPU, "9.0"),
    ]
    make_index(tmp_path / "index", usual)
    for wheel in (tmp_path / "index").iterdir():
        wheel.rename(wheel.with_name(wheel.name.replace("_", "-")))
    make_index(tmp_path / "cpu", [make_wheel(tmp_path / "small", "torch", "2.0+cpu")])
    project = tmp_path / "project"
    project.mkdir()
    (project / "pipeline.py").write_text(STEP)
    index = (tmp_path / "index").as_uri()
    for name, value in {
        "UV_NO_CONFIG": "1",
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_FIND_LINKS": "",
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_FIND_LINKS": "",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_INDEX_URL": index,
        "OPS0_CACHE_DIR": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(name, value)
    first = ops0(project, "lock")
    assert "build: torch is a build for GPUs, with" in first.stderr
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", (tmp_path / "cpu").as_uri())
    second = ops0(project, "lock", "--upgrade", "torch")
    assert second.stdout == "build: torch 2.0+cpu\n"
    assert "GPU" not in second.stderr
    assert ops0(project, "run", "--isolate").stdout.strip() == "2.0+cpu"
