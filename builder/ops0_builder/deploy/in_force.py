"""Which version of a deployment is in force, as a document that can be signed: bytes and back. Pure.

It names the record by digest, so that whoever trusts it may trust the record, and counts, so that an earlier one is
known as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from ops0_builder.deploy.document import ENVIRONMENT
from ops0_builder.documents import BadDocument, check_names, read_document, write_document
from ops0_builder.oci.values import DIGEST

MEDIA_TYPE = "application/vnd.ops0.in-force.v1+json"
FORMAT = 1
LAST = 10**15
"""The highest number that is believed: whoever writes a higher one unsigned shall not end the count for all others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """What was put in force.

    record:   the digest of the version's record in the same repository
    sequence: counts from 1 each time something is put in force there, also an earlier version
    """

    pipeline: str
    environment: str
    version: int
    record: str
    sequence: int


def write_in_force(one: InForce) -> bytes:
    """The document's bytes: same value, same bytes."""
    return write_document(one, FORMAT)


def read_in_force(data: bytes) -> InForce:
    """The value of a document. Raises BadDocument."""
    one = read_document(data, InForce, (InForce,), written_as=FORMAT, writer="ops0 deploy")
    check_names("pipeline", [one.pipeline])
    if not ENVIRONMENT.fullmatch(one.environment) or not DIGEST.fullmatch(one.record):
        raise BadDocument("its environment or record is unfit")
    if one.version < 1 or not 1 <= one.sequence <= LAST:
        raise BadDocument("its version or sequence is unfit")
    return one
