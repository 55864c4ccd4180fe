"""Images of steps, made without the factory: the runner, one module, and which of its functions is the step."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

from docker_client import docker

import ops0
import ops0_runner

BASE = "ops0-base:3.11"
DOCKERFILE = f"""
FROM {BASE}
COPY runner /ops0/runner
COPY pipeline.py /ops0/code/
ARG STEP
COPY $STEP.json /ops0/step.json
ENV PYTHONPATH=/ops0/runner
ENTRYPOINT ["python", "-m", "ops0_runner", "/ops0/step.json"]
"""


class StepImages:
    """An image for each step of a ``pipeline.py``, built in a folder when first asked for, gone at the end."""

    def __init__(self, folder: Path, text: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._mark = folder, uuid.uuid4().hex[:8]
        self._tags: list[str] = []
        self._images: dict[str, str] = {}
        for package in (ops0, ops0_runner):
            source = Path(package.__path__[0])
            for part in ("__init__.py", "core") if package is ops0 else (".",):
                _copy(source / part, folder / "runner" / source.name / part)
        (folder / "Dockerfile").write_text(DOCKERFILE)
        self.write(text)

    def write(self, text: str) -> None:
        """Another text, for images that are built from now on."""
        (self._folder / "pipeline.py").write_text(text)

    def __getitem__(self, step: str) -> str:
        return self._images[step] if step in self._images else self.build(step)

    def build(self, step: str) -> str:
        """Build a step's image from the text as it is now; give its ID."""
        said = {"v": 1, "step": step, "module": "pipeline", "function": step}
        file = self._folder / f"{step}.json"
        file.write_text(json.dumps({**said, "roots": ["/ops0/code"]}))
        tag = f"ops0-test-{self._mark}:{step}-{len(self._tags)}"
        docker("build", "-q", "--build-arg", f"STEP={step}", "-t", tag, str(self._folder))
        self._tags.append(tag)
        self._images[step] = docker("image", "inspect", "-f", "{{.Id}}", tag).strip()
        return self._images[step]

    def remove(self) -> None:
        for tag in self._tags:
            docker("rmi", "-f", tag)


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        return
    for path in source.rglob("*.py"):
        _copy(path, target / path.relative_to(source))
