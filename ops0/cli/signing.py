"""Signing what was pushed, and checking what a registry has."""
# ruff: noqa: PLC0415 - a push alone loads none of it

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ops0.cli.progress.say import saying
from ops0.core.errors import Ops0Error, raise_together
from ops0.core.pipeline import StepName

if TYPE_CHECKING:
    from ops0_builder.registry.images import Pushed
    from ops0_builder.registry.reference import Reference
    from ops0_builder.registry.signing import Cosign, Identity


def who_signs(key: str, identity: str | None, issuer: str | None) -> str | Identity:
    """The key, or who signs without one: for ``keyless`` both others must be given, else neither. Raises NoIdentity."""
    from ops0_builder.registry.signing import KEYLESS, Identity, NoIdentity

    if key != KEYLESS:
        if identity or issuer:
            raise NoIdentity("--identity and --issuer are given, and a key")
        return key
    if not identity or not issuer:
        raise NoIdentity("keyless, and --identity or --issuer is missing")
    return Identity(name=identity, issuer=issuer)


def who_signed(key: str | None, identity: str | None, issuer: str | None) -> str | Identity | None:
    """Whose signature is asked for: a public key's or somebody's; None for no one's. Raises NoIdentity."""
    if key is None and not identity and not issuer:
        return None
    from ops0_builder.registry.signing import KEYLESS

    return who_signs(KEYLESS if key is None else key, identity, issuer)


def cosign(key: str | Identity, environ: Mapping[str, str]) -> Cosign:
    """Cosign with a key, checked to be there, or with who signs without one. Raises BadKey, CosignFailed."""
    from ops0_builder.registry.signing import Cosign

    found = Cosign(key=key, environ=dict(environ))
    found.check()
    return found


def sign_shown(signer: Cosign, pushed: Mapping[StepName, Pushed]) -> None:
    """Sign the pushed images, and the indexes that name them, saying which. Raises CosignFailed, NotSigned."""
    from ops0_builder.registry.reference import parse_reference

    with saying() as say:
        references = [
            parse_reference(parse_reference(one.reference).pinned(digest))
            for one in pushed.values()
            for digest in one.digests
        ]
        signed = signer.sign(references, on_sign=lambda one: say(f"signing {one}"))
        say(f"signed {len(signed)} images, {len(references) - len(signed)} were signed already")


def verify_images(
    images: Sequence[str], key: str | Identity, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """The images with their digests, all signed by the key, or by whoever is meant.

    raises: BadReference, BadKey; together NotSigned, CosignFailed, NotInRegistry and RegistryError's other kinds
    """
    from ops0_builder.registry.reference import parse_reference

    references = [parse_reference(one) for one in images]
    verifier = cosign(key, environ)
    found: list[str] = []
    faults: list[Ops0Error] = []
    for reference in references:
        try:
            found.append(_verified(verifier, reference))
        except Ops0Error as fault:  # noqa: PERF203 - an image takes a second
            faults.append(fault)
    raise_together(faults)
    return tuple(found)


def _verified(verifier: Cosign, reference: Reference) -> str:
    """The image with its digest, by the bytes that the registry gives for it. Raises NotInRegistry and others."""
    from ops0.cli.progress.retries import told_patience
    from ops0_builder.registry.client import open_repository
    from ops0_builder.registry.errors import NotInRegistry
    from ops0_builder.registry.reference import parse_reference

    repository = open_repository(reference, write=False, patience=told_patience())
    manifest = repository.manifest(reference.target)
    if manifest is None:
        whole = reference.tag or reference.digest
        hint = "add a tag or a digest, as `ops0 push` prints them"
        raise NotInRegistry(str(reference), None if whole else hint)
    pinned = reference.pinned(manifest.digest)
    verifier.verify(parse_reference(pinned))
    return pinned
