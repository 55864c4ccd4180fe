"""A deployment's record as bytes and back. Pure. Nothing that comes back is believed: see documents.py."""

from __future__ import annotations

import re

from ops0.core import pipeline, step_options
from ops0.core.rows import classes_of
from ops0_builder.deploy import values
from ops0_builder.deploy.values import FORMAT, Deployed, DeployedImage
from ops0_builder.documents import (
    BadDocument,
    check_pipeline,
    read_document,
    write_document,
)
from ops0_builder.oci.values import DIGEST
from ops0_builder.registry.errors import BadReference
from ops0_builder.registry.reference import parse_reference

MEDIA_TYPE = "application/vnd.ops0.deployment.v1+json"
ENVIRONMENT = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
_CLASSES = classes_of(pipeline, step_options, values)
_TAG = re.compile(r"ops0/[a-z0-9._-]{1,100}/[a-z0-9._-]{1,100}:[0-9a-f]{16}", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{64}(,[0-9a-f]{64}){0,15}", re.ASCII)


def write_record(deployed: Deployed) -> bytes:
    """The record's bytes: same deployment, same bytes."""
    return write_document(deployed, FORMAT)


def read_record(data: bytes) -> Deployed:
    """The deployment of a record. Raises BadDocument."""
    deployed = read_document(data, Deployed, _CLASSES, written_as=FORMAT, writer="ops0 deploy")
    check_pipeline(deployed.pipeline)
    if not ENVIRONMENT.fullmatch(deployed.environment) or deployed.version < 1:
        raise BadDocument("its environment or version is unfit")
    names = sorted(step.name for step in deployed.pipeline.steps)
    if sorted(one.step for one in deployed.images) != names:
        raise BadDocument("it has not one image for each step")
    for image in deployed.images:
        if not _is_sound(image):
            raise BadDocument(f"the image of {image.step} has an unfit reference, digest or key")
    return deployed


def _is_sound(image: DeployedImage) -> bool:
    if not DIGEST.fullmatch(image.digest) or not _KEY.fullmatch(image.key):
        return False
    if _TAG.fullmatch(image.reference):
        return True
    try:
        return parse_reference(image.reference).digest == image.digest
    except BadReference:
        return False
