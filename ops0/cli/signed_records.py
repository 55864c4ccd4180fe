"""Signatures of deployments: the record is signed where it lies, and checked before anything of it is used.

A record pins its images by digest, so who trusts it may trust them. It names its pipeline, environment and version.
"""
# ruff: noqa: PLC0415 - not for what is not signed

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ops0.core.environments import Environment
from ops0.core.errors import SettingsError

if TYPE_CHECKING:
    from ops0_builder.deploy.records import Records
    from ops0_builder.deploy.registry_records import RegistryRecords
    from ops0_builder.deploy.values import Deployed
    from ops0_builder.registry.signing import Cosign


class NoPlaceForSignatures(SettingsError):
    """A signature is asked for where no registry is, which alone keeps signatures."""

    exit_code = 5

    def __init__(self, option: str, what: str) -> None:
        super().__init__(
            f"{option}: {what} has no registry, and signatures are kept beside what they sign in one",
            'give it one in the settings: `registry = "HOST/PATH"`, and deploy there',
        )
        self.option, self.what = option, what


def check_signable(environment: Environment, key: str | None) -> None:
    """Whether what is deployed to an environment can be signed, if it shall be. Raises NoPlaceForSignatures."""
    if key is not None and environment.registry is None:
        raise NoPlaceForSignatures("--sign", f"environment {environment.name}")


def record_reference(records: Records, deployed: Deployed) -> str | None:
    """A deployment's record as ``HOST/PATH@DIGEST``; None where it is on this machine. Raises RegistryError's kinds."""
    found = _in_registry(records)
    return None if found is None else found.pinned(deployed.environment, deployed.version)


def sign_record(signer: Cosign, records: Records, deployed: Deployed) -> None:
    """Sign a deployment's record, unless this key has. Raises CosignFailed, NotSigned, RegistryError's kinds."""
    from ops0.cli.say import saying
    from ops0_builder.registry.reference import parse_reference

    pinned = record_reference(records, deployed)
    if pinned is None:
        raise NoPlaceForSignatures("--sign", f"environment {deployed.environment}")
    with saying() as say:
        signer.sign([parse_reference(pinned)], on_sign=lambda one: say(f"signing record {one}"))


def find_signed(
    records: Records,
    name: str,
    environment: str | None,
    version: int | None,
    key: str,
    environ: Mapping[str, str],
) -> Deployed:
    """A deployment whose record is signed by a public key; the very bytes that were checked are read.

    raises: NoDeployment, DeploymentDamaged, NoPlaceForSignatures, BadKey, NotSigned, CosignFailed
    """
    from ops0.cli.signing import cosign
    from ops0_builder.deploy.records import find
    from ops0_builder.registry.reference import parse_reference

    found = _in_registry(records)
    if found is None:
        find(records, name, environment, version)  # what is not there at all is told as such
        raise NoPlaceForSignatures("--key", f"{name}, deployed {records.place},")
    verifier = cosign(key, environ)
    told = find(records, name, environment, version)
    pinned = found.pinned(told.environment, told.version)
    verifier.verify(parse_reference(pinned))
    return found.read_pinned(pinned, told.environment, told.version)


def _in_registry(records: Records) -> RegistryRecords | None:
    from ops0_builder.deploy.registry_records import RegistryRecords

    return records if isinstance(records, RegistryRecords) else None
