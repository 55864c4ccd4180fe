"""A small project whose images are built on the real engine, from wheels that are made here."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import os
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from handmade import a_need, a_pipeline, a_slice, a_step

from ops0.core.digest import digest_of
from ops0.core.locked import Lock, LockedDistribution, LockedFile, StepLock
from ops0.core.pipeline import StepName, SystemNeed, Where
from ops0.core.plan import BaseImage, Plan
from ops0.core.project_files import MemorySource
from ops0.host.engine_socket import EngineSocket
from ops0_builder.building.build import build_images
from ops0_builder.building.build_events import BuildEvent
from ops0_builder.building.site import BuildSite
from ops0_builder.engine.engine_images import (
    image_tags,
)
from ops0_builder.engine.once import run_once
from ops0_builder.planning.plan import make_plan
from ops0_builder.planning.runner_files import read_runner
from ops0_builder.planning.tree import BuildTree, build_tree
from ops0_builder.planning.uv_file import uv_file

PIPELINE = f"ops0-test-build-{os.getpid()}"
"""Two workers have the engine in common, and each lists what its own tests left there."""


def make_wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes]) -> LockedFile:
    """A small, valid, reproducible wheel."""
    info = f"{name}-{version}.dist-info"
    every = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, data in every.items()
    )
    every[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, data in every.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    data = stream.getvalue()
    filename = f"{name}-{version}-py3-none-any.whl"
    (folder / filename).write_bytes(data)
    return LockedFile(filename=filename, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


@dataclass
class Project:
    """Two steps: `left` needs heavy and light, `right` needs heavy alone."""

    folder: Path
    engine: EngineSocket
    base: BaseImage
    left_code: str = "def left():\n    return 1\n"
    light_body: bytes = b"NAME = 'light'\n"
    light_files: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    light_import: str = "light"
    system: tuple[str, ...] = ()

    def locked(
        self, name: str, size: int, body: bytes, more: Mapping[str, bytes] | None = None
    ) -> LockedDistribution:
        file = make_wheel(self.folder, name, "1.0", {f"{name}/__init__.py": body, **(more or {})})
        # The threshold looks at the locked size alone: a small file plays the heavy one.
        return LockedDistribution(
            name=name, version="1.0", wheel=dataclasses.replace(file, size=size)
        )

    def plan(self) -> tuple[Plan, BuildTree, Mapping[str, Path]]:
        heavy = self.locked("heavy", 5_000_000, b"import json\nNAME = 'heavy'\n")
        light = self.locked("light", 1000, self.light_body, self.light_files)
        packages = {"left": (heavy, light), "right": (heavy,)}
        imports = {"heavy": ("heavy",), "light": (self.light_import,)}
        codes = {"left": self.left_code, "right": "\n\n\n\ndef right(left):\n    return left\n"}
        steps = tuple(
            a_step(
                name,
                needs=tuple(
                    a_need(one.name, Where("pipeline.py", 2), imports=imports[one.name])
                    for one in members
                ),
                system=tuple(
                    SystemNeed(name=one, reasons=()) for one in self.system if name == "left"
                ),
                slices=a_slice(codes[name]),
            )
            for name, members in packages.items()
        )
        pipeline = a_pipeline(steps, name=PIPELINE)
        lock = Lock(
            inputs="x",
            steps=tuple(
                StepLock(
                    step=StepName(name),
                    target=self.base.target,
                    distributions=members,
                    digest=digest_of([one.wheel.sha256 for one in members]),
                )
                for name, members in packages.items()
            ),
        )
        runner, source = read_runner(), MemorySource()
        bases = {step.name: self.base for step in steps}
        plan = make_plan(pipeline, lock, bases, source=source, runner=runner)
        uv, uv_path = uv_file()
        tree = build_tree(plan, source=source, runner=runner, uv=uv)
        wheels = {
            one.wheel.sha256: self.folder / one.wheel.filename
            for members in packages.values()
            for one in members
        }
        return plan, tree, {**wheels, uv.sha256: uv_path}

    def build(
        self, *, no_cache: bool = False
    ) -> tuple[Plan, Mapping[StepName, str], list[BuildEvent]]:
        plan, tree, wheels = self.plan()
        events: list[BuildEvent] = []
        digests = build_images(
            plan, tree, wheels, site=self.site, on_event=events.append, no_cache=no_cache
        )
        return plan, digests, events

    @property
    def site(self) -> BuildSite:
        return BuildSite(root=self.folder, engine=self.engine)

    def inspect(self, reference: str) -> dict:
        return self.engine.call("GET", f"/images/{reference}/json").json()

    def run(self, digest: str, code: str) -> str:
        argv = ("/ops0/venv/bin/python", "-I", "-c", code)
        return run_once(self.engine, digest, argv, labels={}, timeout=60).out.strip()


def docker_build(folder: Path, tag: str, dockerfile: str) -> None:
    (folder / "Dockerfile").write_text(dockerfile)
    argv = ["docker", "buildx", "build", "--quiet", "--load", "--tag", tag, str(folder)]
    subprocess.run(argv, check=True, capture_output=True)


def own_tags(engine: EngineSocket) -> list[str]:
    return list(image_tags(engine, f"ops0/{PIPELINE}/*"))
