"""Signatures of deployments, made and checked before anything of what is signed is used.

A record pins its images by digest, so who trusts it may trust them; it names its pipeline, environment and version. The
document that says which version is in force pins the record and counts, so that an earlier one is known as such.
"""
# ruff: noqa: PLC0415 - not for what is not signed

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from ops0.core.configuration.environments import Environment
from ops0.core.errors import SettingsError

if TYPE_CHECKING:
    from ops0_builder.deploy.in_force import InForce
    from ops0_builder.deploy.records import Records, Seal
    from ops0_builder.deploy.registry_records import RegistryRecords
    from ops0_builder.deploy.values import Deployed
    from ops0_builder.registry.signing import Cosign, Identity

_NAME_ONE = (
    "name a version by --version, or have whoever has the key say which is in force: "
    "`ops0 rollback NAME --env ENV --to VERSION --sign KEY`"
)


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


def check_records_signable(records: Records, name: str) -> None:
    """Whether what is recorded there can be signed. Raises NoPlaceForSignatures."""
    if _in_registry(records) is None:
        raise NoPlaceForSignatures("--sign", f"{name}, deployed {records.place},")


def record_reference(records: Records, deployed: Deployed) -> str | None:
    """A deployment's record as ``HOST/PATH@DIGEST``; None where it is on this machine. Raises RegistryError's kinds."""
    found = _in_registry(records)
    return None if found is None else found.pinned(deployed.environment, deployed.version)


def deploy_seal(signer: Cosign, meant: Deployed) -> Seal:
    """Signs the record and what puts it in force. ``meant``: what the record must say; its version does not matter."""
    from ops0_builder.deploy.errors import DeploymentDamaged
    from ops0_builder.deploy.records import Seal

    def record(pinned: str, deployed: Deployed) -> None:
        if not deployed.same_as(meant):
            raise DeploymentDamaged(pinned, "somebody else has written this version meanwhile")
        _sign(signer, pinned, "record")

    return Seal(record=record, pointer=partial(_sign, signer, what="what is in force"))


def rollback_seal(signer: Cosign) -> Seal:
    """Signs what puts an earlier version in force, if this key has signed its record.

    Whoever can write to the registry may have written that record anew: signed unseen, it would be trusted.
    """
    from ops0_builder.deploy.records import Seal
    from ops0_builder.registry.reference import parse_reference
    from ops0_builder.registry.signing import NotSigned

    def record(pinned: str, _: Deployed) -> None:
        with signer.public() as mine:
            if not mine.has_signed(parse_reference(pinned)):
                raise NotSigned(
                    pinned, str(signer.key), "roll back to a version that it has signed"
                )

    return Seal(record=record, pointer=partial(_sign, signer, what="what is in force"))


def sign_again(signer: Cosign, records: Records, deployed: Deployed, seal: Seal) -> None:
    """What is in force already is signed, unless this key has, and unless something later was in force.

    raises: NoPlaceForSignatures, CosignFailed, NotSigned, DeploymentDamaged, RegistryError's kinds
    """
    from ops0_builder.deploy.errors import OlderInForce
    from ops0_builder.registry.reference import parse_reference

    found = _in_registry(records)
    if found is None:
        raise NoPlaceForSignatures("--sign", f"environment {deployed.environment}")
    pinned = found.pinned_in_force(deployed.environment)
    with signer.public() as mine:
        is_signed = pinned is not None and mine.has_signed(parse_reference(pinned))
    if pinned is not None and is_signed:
        with suppress(OlderInForce):
            told = _checked_in_force(found, pinned, deployed.environment)
            own = found.pinned(deployed.environment, deployed.version)
            if (told.version, told.record) == (deployed.version, parse_reference(own).digest):
                seal.record(own, found.read_pinned(own, deployed.environment, deployed.version))
                return
    found.set_current(deployed.environment, deployed.version, seal)


def find_signed(
    records: Records,
    name: str,
    environment: str,
    version: int | None,
    key: str | Identity,
    environ: Mapping[str, str],
) -> Deployed:
    """A deployment that a public key, or somebody without one, has signed; the very bytes that were checked are read.

    version: its record must be signed; None: so must the document that says what is in force, which names a record
    raises:  NoDeployment, DeploymentDamaged, NoPlaceForSignatures, BadKey, NotSigned, CosignFailed, OlderInForce
    """
    from ops0.cli.signing import cosign
    from ops0_builder.deploy.records import find
    from ops0_builder.registry.reference import parse_reference
    from ops0_builder.registry.signing import NotSigned

    found = _in_registry(records)
    told = find(records, name, environment, version)  # what is not there at all is told as such
    if found is None:
        raise NoPlaceForSignatures("--key", f"{name}, deployed {records.place},")
    verifier = cosign(key, environ)
    if version is not None:
        pinned = found.pinned(environment, told.version)
        verifier.verify(parse_reference(pinned))
        return found.read_pinned(pinned, environment, told.version)
    pointer = found.pinned_in_force(environment)
    if pointer is None or not verifier.has_signed(parse_reference(pointer)):
        place = pointer or f"{found.repository}, what is in force in {environment}"
        raise NotSigned(place, str(key), _NAME_ONE)
    one = _checked_in_force(found, pointer, environment)
    record = parse_reference(pointer).pinned(one.record)
    return found.read_pinned(record, environment, one.version)


def _checked_in_force(records: RegistryRecords, pinned: str, environment: str) -> InForce:
    """What a signed document says, if it is of this pipeline and nothing later was seen."""
    from ops0_builder.deploy.errors import DeploymentDamaged
    from ops0_builder.deploy.seen import note_seen
    from ops0_builder.registry.reference import parse_reference

    one = records.read_in_force(pinned, environment)
    if not records.is_of(one.pipeline):
        raise DeploymentDamaged(pinned, f"it is of {one.pipeline} {one.environment}")
    note_seen(records.repository, environment, one.sequence, parse_reference(pinned).digest)
    return one


def _sign(signer: Cosign, pinned: str, what: str) -> None:
    from ops0.cli.progress.say import saying
    from ops0_builder.registry.reference import parse_reference

    with saying() as say:
        signer.sign([parse_reference(pinned)], on_sign=lambda one: say(f"signing {what} {one}"))


def _in_registry(records: Records) -> RegistryRecords | None:
    from ops0_builder.deploy.registry_records import RegistryRecords

    return records if isinstance(records, RegistryRecords) else None
