"""One project being worked on, as one value: what the stages of ``ops0.cli.wiring`` share, each read once."""
# ruff: noqa: PLC0415 - a command that needs no engine loads none

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from platform import machine
from typing import TYPE_CHECKING

from ops0.core.locked import PLATFORMS, Target
from ops0.host.project import Project, find_project

if TYPE_CHECKING:
    from ops0.core.configuration.plugin_tables import Integration
    from ops0.core.pipeline import Pipeline
    from ops0.core.requirements.files import ProjectDeclared
    from ops0.core.requirements.values import Context
    from ops0.host.ahead import Answers
    from ops0.host.engine_socket import EngineSocket
    from ops0.host.installed import Environment
    from ops0.runtime.engines.docker_api import DockerApi
    from ops0_builder.about.revision import Checkout, Revision
    from ops0_builder.engine.engine_images import EngineImages
    from ops0_builder.planning.runner_files import RunnerFiles

Say = Callable[[str], None]

LOCK_GLIBC = (2, 36)
"""The C library that locked wheels must run on: Debian 12's. A pure choice, so that a lock is the same everywhere."""


def _own_platform() -> str:
    """What this machine runs, as ``linux/amd64``."""
    return PLATFORMS.get(machine(), f"linux/{machine()}")


def silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Work:
    """One project being worked on. Whatever it holds is read once.

    wheelhouse: the folder that all wheels are taken from, under the lock as it is; None: indexes may be asked
    platform:   the one asked for, as ``linux/arm64``; None: what the settings say
    """

    project: Project
    wheelhouse: Path | None = None
    platform: str | None = None

    @property
    def target(self) -> Target:
        """What images run on where a step asks for nothing else."""
        settings = self.project.settings
        return Target(
            python=settings.python or "{}.{}".format(*sys.version_info[:2]),
            platform=self.platform or self._preferred or _own_platform(),
            glibc=LOCK_GLIBC,
        )

    @property
    def platforms(self) -> tuple[str, ...]:
        """All that images are for: the one asked for, else those of the settings, else this machine's."""
        if self.platform is not None:
            return (self.platform,)
        return self.project.settings.platform or (self.target.platform,)

    @property
    def _preferred(self) -> str | None:
        """Of the settings' platforms the one where one has to do: this machine's, else the first."""
        named = self.project.settings.platform
        return _own_platform() if _own_platform() in named else next(iter(named), None)

    def on(self, platform: str) -> Work:
        """The same project for another platform; this very one where that is its own."""
        return self if platform == self.target.platform else replace(self, platform=platform)

    @cached_property
    def foreign(self) -> str | None:
        """The platform that images are for where the engine has another; it is asked only if one is named."""
        named = self.platform or self._preferred
        if named is None or named == _own_platform():
            return None
        from ops0_builder.bases.foreign import engine_platform

        return None if named == engine_platform(self.engine) else named

    @property
    def lock_folder(self) -> Path:
        """Where the lock's files are."""
        return self.project.root / self.project.settings.lock

    @cached_property
    def declared(self) -> ProjectDeclared:
        """What the project's own files declare, with warnings about what they say in vain."""
        from ops0.host.declared import read_declared

        return read_declared(self.project)

    @cached_property
    def context(self) -> Context:
        """All that naming distributions depends on."""
        from ops0.host.context import read_context
        from ops0.host.installed import installed_in
        from ops0.host.tables import read_tables

        installed = installed_in(self.environment, read_tables().namespaces)
        return read_context(self.project, self.target, self.declared, installed, self.integrations)

    @cached_property
    def environment(self) -> Environment:
        """What is installed where the user works."""
        from ops0.host import installed

        return installed.read_environment()

    @cached_property
    def _checkout(self) -> Checkout | None:
        from ops0_builder.about.revision import checkout_of

        return checkout_of(self.project.root)

    def revision_of(self, pipeline: Pipeline) -> Revision | None:
        """The commit that a pipeline's images come from, and whether it has all of them. Git is asked once."""
        from ops0_builder.about.revision import files_of

        if self._checkout is None:
            return None
        settings = self.project.settings.path
        return self._checkout.revision_with(
            files_of(pipeline) | ({settings} if settings else set())
        )

    @cached_property
    def integrations(self) -> tuple[Integration, ...]:
        """What installed distributions add to ops0's tables. Raises BadIntegration and others."""
        from ops0.host.plugin_tables import read_integrations

        return read_integrations()

    @cached_property
    def engine(self) -> EngineSocket:
        """The Docker Engine, over its socket."""
        from ops0.host.engine_socket import EngineSocket

        return EngineSocket.from_environment()

    @cached_property
    def client(self) -> Answers[DockerApi]:
        """The engine's client for runs, for any question. Its libraries take long to import: want it ahead of time."""
        from ops0.cli.engine_client import connected
        from ops0.host.ahead import Answers

        return Answers(lambda _: connected(), threads=1)

    @cached_property
    def images(self) -> EngineImages:
        """The images that the engine had before anything was built."""
        from ops0_builder.engine.engine_images import read_images

        return read_images(self.engine)

    @cached_property
    def runner(self) -> RunnerFiles:
        """What ops0 puts into every image."""
        from ops0_builder.planning.runner_files import read_runner

        return read_runner()


def open_work(pipeline: str | None, wheelhouse: Path | None = None) -> Work:
    """The project of ``file.py``, ``file.py:name`` or, for None, of the folder we stand in.

    raises: SettingsError and its kinds; SourceMissing, which names the file as it was given
    """
    path, _, name = (pipeline or "").partition(":")
    project = find_project(Path(path or "."), name or None)
    if path and not Path(path).exists():
        from ops0.core.analyzer.errors import SourceMissing

        raise SourceMissing(path, _sources_beside(Path(path)))
    return Work(project, wheelhouse)


def _sources_beside(path: Path) -> list[str]:
    """The Python files and notebooks in a file's folder, as they would be given."""
    with suppress(OSError):
        return [
            str(path.with_name(one.name))
            for one in path.parent.iterdir()
            if one.suffix in (".py", ".ipynb")
        ]
    return []


def any_work() -> Work:
    """The project we stand in, whether or not it names a pipeline."""
    from ops0.host.project import NoPipelineNamed, settings_of

    try:
        return open_work(None)
    except NoPipelineNamed:
        root, settings = settings_of(Path.cwd())
        return Work(Project(root=root, entry="", settings=settings, roots=("",)))
