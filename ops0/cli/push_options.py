"""How a push is asked for: the options of ``ops0 push``, ``ops0 build --push`` and ``ops0 deploy``."""
# ruff: noqa: PLC0415 - a build alone loads none of it

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ops0_builder.registry.signing import Cosign

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class PushOptions:
    """What goes with a push.

    tags:   more tags of every step;  force: move tags that hold another image
    attest: attach bill of materials and provenance
    key:    sign with it, as cosign names keys, or ``keyless`` as ``identity``, vouched for by ``issuer``
    """

    tags: tuple[str, ...] = ()
    force: bool = False
    attest: bool = True
    key: str | None = None
    identity: str | None = None
    issuer: str | None = None

    def signer(self) -> Cosign | None:
        """Cosign with the key, seen to be there, before minutes go into building.

        raises: BadKey, NoIdentity, CosignFailed
        """
        if self.key is None and not self.identity and not self.issuer:
            return None
        from ops0.cli.signing import cosign, who_signs
        from ops0_builder.registry.signing import NoIdentity

        if self.key is None:
            raise NoIdentity("--identity or --issuer is given, without --sign")
        return cosign(who_signs(self.key, self.identity, self.issuer), os.environ)


_tags = click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help="One more tag, STEP-TAG; repeatable."
)
_force = click.option("--force", is_flag=True, help="Move tags that hold another image.")
_attest = click.option(
    "--attest/--no-attest",
    default=True,
    help="Attach bill of materials and provenance to each image. The default.",
)
_key = click.option(
    "--sign",
    "key",
    metavar="KEY",
    help="Sign with cosign: a key file, or env://NAME; its password is in COSIGN_PASSWORD. Or keyless, as a CI job.",
)
_identity = click.option(
    "--identity", metavar="ID", help="Without a key: the signer, as the certificate names it."
)
_issuer = click.option(
    "--issuer", metavar="URL", help="Without a key: the OpenID issuer of that identity."
)
_public = click.option(
    "--key", metavar="PUB", help="The public key that must have signed: a PEM file, or env://NAME."
)


def push_options(command: C) -> C:
    """The options of PushOptions, by its fields' names."""
    return _tags(_force(document_options(command)))


def document_options(command: C) -> C:
    """Those about what goes beside the images: ``attest``, ``key``, ``identity`` and ``issuer``."""
    return _attest(sign_options(command))


def sign_options(command: C) -> C:
    """How to sign: ``key``, ``identity`` and ``issuer``."""
    return _key(_identity(_issuer(command)))


def signed_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same three of whoever must have signed; the command gets them as one, ``who``: a key, an Identity or None."""

    @wraps(command)
    def called(
        *args: Any, key: str | None, identity: str | None, issuer: str | None, **others: Any
    ) -> Any:
        from ops0.cli.signing import who_signed

        return command(*args, who=who_signed(key, identity, issuer), **others)

    return _public(_identity(_issuer(called)))
