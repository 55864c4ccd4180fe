"""``ops0.deploy`` for programs and notebooks: the same as the commands, with a value to hold."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

from ops0.cli import deploying, environments, invoking
from ops0.cli.push_options import PushOptions
from ops0.cli.run_api import value_of
from ops0.cli.work import open_work
from ops0.core.pipeline import StepName
from ops0_builder.deploy.records import Records
from ops0_builder.deploy.values import Deployed

Status = Literal["deployed", "superseded", "removed"]


class Deployment:
    """One version of a pipeline in one environment: a pinned image for each step, run without source."""

    def __init__(self, records: Records, deployed: Deployed) -> None:
        self._records, self._deployed = records, deployed

    @property
    def name(self) -> str:
        """The pipeline's."""
        return self._deployed.pipeline.name

    @property
    def environment(self) -> str:
        """Where it is deployed."""
        return self._deployed.environment

    @property
    def version(self) -> int:
        """Counts from 1 in its environment."""
        return self._deployed.version

    @property
    def images(self) -> Mapping[StepName, str]:
        """The image of each step: ``HOST/PATH@DIGEST``, or its digest on this machine's engine."""
        return {
            one.step: one.reference if "@" in one.reference else one.digest
            for one in self._deployed.images
        }

    @property
    def status(self) -> Status:
        """Asked anew each time: "deployed" while it is in force, "superseded" once another version is.

        raises: RegistryError and its kinds
        """
        if self.version not in self._records.versions(self.environment):
            return "removed"
        held = self._records.current(self.environment)
        return "deployed" if held == self.version else "superseded"

    def invoke(self, **params: Any) -> Any:
        """Run this version as containers and give its value; several results: ``{call: value}``.

        params: argument name -> JSON value; those left out come from the environment
        gives:  plain data as such, everything else as ``Stored``: a host never unpickles what a container wrote
        Secrets that its steps ask for are passed to them, because this program deployed it.
        raises: ParamFault, SecretMissing, DeployedImageGone, RunError, EngineError and their kinds
        """
        report = invoking.invoke_shown(self.name, self._deployed, params, secrets=True)
        return value_of(report, trusted=False)

    def __repr__(self) -> str:
        return f"<Deployment {self.name} in {self.environment}, version {self.version}>"


def deploy(
    path: str | os.PathLike[str],
    env: str,
    *,
    sign: str | None = None,
    identity: str | None = None,
    issuer: str | None = None,
    attest: bool = True,
) -> Deployment:
    """Build a pipeline's images, push them where the environment has a registry, and record the next version.

    path:   ``file.py``, ``flow.ipynb`` or ``file.py:name``
    env:    an environment of the settings; in a project that defines none, any name: it is on this machine
    sign:   the private key, as cosign names it: a file, or ``env://NAME``; its password is in COSIGN_PASSWORD. Or
            ``keyless``: then ``identity`` is who signs, and ``issuer`` who vouches for that identity
    attest: whether to attach a bill of materials and provenance to each image in the registry
    gives:  the version now in force; deploying the same pipeline again makes no new version
    raises: Ops0Error and its kinds
    """
    work = open_work(os.fspath(path))
    environment = environments.environment_of(work.project.settings, env)
    options = PushOptions(key=sign, identity=identity, issuer=issuer, attest=attest)
    deployed, _ = deploying.deploy_shown(work, environment, options)
    return Deployment(environments.records_of(environment, deployed.pipeline.name), deployed)
