"""Deployments of this machine: ``<state>/deployments/<pipeline>/<environment>/<version>.json`` and ``current``."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops0.host.folders import state_dir, write_aside
from ops0_builder.deploy.document import ENVIRONMENT, read_record, write_record
from ops0_builder.deploy.errors import DeploymentDamaged, NoDeployment
from ops0_builder.deploy.records import Seal, Taken
from ops0_builder.deploy.values import Deployed
from ops0_builder.documents import BadDocument
from ops0_builder.engine.names import image_component

_VERSION = re.compile(r"([1-9][0-9]{0,8})\.json", re.ASCII)


def _deployments_folder() -> Path:
    """Where this user's deployments are."""
    return state_dir() / "deployments"


def local_names() -> tuple[str, ...]:
    """The pipelines that have something deployed on this machine, as components of image names, sorted."""
    return _folders(_deployments_folder())


@dataclass(frozen=True, slots=True)
class LocalRecords:
    """Records, in files. ``name``: the pipeline's, or its component of an image name."""

    name: str

    @property
    def place(self) -> str:
        """See Records."""
        return "on this machine"

    @property
    def folder(self) -> Path:
        """Where this pipeline's are."""
        return _deployments_folder() / image_component(self.name)

    def environments(self) -> tuple[str, ...]:
        """See Records."""
        names = _folders(self.folder)
        return tuple(name for name in names if ENVIRONMENT.fullmatch(name) and self.versions(name))

    def others(self) -> tuple[str, ...]:
        """See Records."""
        return local_names()

    def versions(self, environment: str) -> tuple[int, ...]:
        """See Records."""
        try:
            names = [one.name for one in (self.folder / environment).iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(sorted(int(found[1]) for name in names if (found := _VERSION.fullmatch(name))))

    def current(self, environment: str) -> int | None:
        """See Records. Where a deploy was cut off before it said so, the newest that is whole."""
        known = self.versions(environment)
        with suppress(FileNotFoundError, NotADirectoryError, ValueError):
            told = int((self.folder / environment / "current").read_text())
            if told in known:
                return told
        return known[-1] if known else None

    def read(self, environment: str, version: int) -> Deployed:
        """See Records."""
        path = self._path(environment, version)
        try:
            deployed = read_record(path.read_bytes())
        except FileNotFoundError:
            raise NoDeployment(f"{self.name} --version {version}", self.place, ()) from None
        except BadDocument as fault:
            raise DeploymentDamaged(str(path), str(fault), fault.hint) from None
        if (deployed.environment, deployed.version) != (environment, version):
            raise DeploymentDamaged(str(path), "it is the record of another deployment")
        return deployed

    def add(self, deployed: Deployed) -> None:
        """See Records. Written aside, then linked: a link, unlike a rename, replaces nothing."""
        path = self._path(deployed.environment, deployed.version)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        write_aside(aside, write_record(deployed))
        try:
            path.hardlink_to(aside)
        except FileExistsError:
            raise Taken from None
        finally:
            aside.unlink()

    def set_current(self, environment: str, version: int, seal: Seal | None = None) -> None:
        """See Records. Nobody else can write here, and nothing is signed. Raises ValueError for a seal."""
        if seal is not None:
            raise ValueError("what is in force on this machine is not signed")
        write_aside(self.folder / environment / "current", f"{version}\n".encode())

    def remove(self, environment: str, version: int) -> None:
        """Forget a version, and with the last one that it is in force. Its images are no longer kept for it."""
        self._path(environment, version).unlink(missing_ok=True)
        if not self.versions(environment):
            (self.folder / environment / "current").unlink(missing_ok=True)

    def _path(self, environment: str, version: int) -> Path:
        return self.folder / environment / f"{version}.json"


def deployed_images() -> frozenset[str]:
    """The digests and tags of every image that a deployment of this machine names: no clean-up may take them.

    raises: DeploymentDamaged: what a damaged record needs nobody knows
    """
    found: set[str] = set()
    for name in local_names():
        records = LocalRecords(name)
        for environment in records.environments():
            for version in records.versions(environment):
                for image in records.read(environment, version).images:
                    found |= {image.digest, image.reference}
    return frozenset(found)


def _folders(path: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(one.name for one in path.iterdir() if one.is_dir()))
    except FileNotFoundError:
        return ()
