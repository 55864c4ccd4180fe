"""A project with steps that have requirements, and its lock."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import handmade

from ops0.core.locked import Target
from ops0.core.pipeline import Pipeline, Step, Where
from ops0_builder.lock import LockSettings, check_lock, fill_wheelhouse, lock_pipeline

TARGET = Target(python="3.11", platform="linux/amd64", glibc=(2, 36))


def a_step(name: str, *requirements: str, group: str | None = None, line: int = 1) -> Step:
    needs = tuple(
        handmade.a_need(text, Where("flow.py", line + number), imports=())
        for number, text in enumerate(requirements)
    )
    where = Where("flow.py", line)
    return handmade.a_step(name, module="flow", where=where, group=group, needs=needs, roots=())


def a_pipeline(*steps: Step) -> Pipeline:
    return handmade.a_pipeline(steps, entry="flow.py")


@dataclass
class Project:
    """A project with a lock folder."""

    root: Path
    lines: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / "ops0.lock"

    def lock(self, *steps: Step, targets=None, **settings):
        return self._lock(a_pipeline(*steps), targets, settings)

    def lock_other(self, *steps: Step, **settings):
        """Lock another pipeline of the same project."""
        return self._lock(handmade.a_pipeline(steps, entry="other.py"), None, settings)

    def _lock(self, pipeline: Pipeline, targets, settings):
        return lock_pipeline(
            pipeline,
            folder=self.folder,
            root=self.root,
            targets=targets or {step.name: TARGET for step in pipeline.steps},
            settings=LockSettings(**settings),
            progress=self.lines.append,
        )

    def fill(self, lock, **options):
        given = {"root": self.root, "folder": self.folder, "progress": self.lines.append}
        return fill_wheelhouse(lock, **given, **options)

    def text(self) -> str:
        files = sorted(self.folder.rglob("*")) if self.folder.exists() else []
        return "".join(path.read_text() for path in files) + "\n".join(self.lines)


def versions(lock, step: str) -> dict[str, str]:
    return {entry.name: entry.version for entry in lock.step(step).distributions}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entry(lock, step: str, name: str):
    return next(one for one in lock.step(step).distributions if one.name == name)


def stale(project, *steps):
    wanted = {step.name: TARGET for step in steps}
    return check_lock(a_pipeline(*steps), folder=project.folder, targets=wanted, root=project.root)
