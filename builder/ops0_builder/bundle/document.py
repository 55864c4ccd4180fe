"""``ops0/bundle.json``: a Bundle as bytes and back. Pure. Nothing that comes back is believed: see documents.py."""

from __future__ import annotations

import re

from ops0.core import locked, pipeline, step_options
from ops0.core.rows import classes_of
from ops0_builder.bundle import values
from ops0_builder.bundle.values import FORMAT, Bundle
from ops0_builder.documents import (
    BadDocument,
    check_pipeline,
    check_unique,
    read_document,
    write_document,
)
from ops0_builder.oci.values import DIGEST

_CLASSES = classes_of(pipeline, step_options, locked, values)
_TAG = re.compile(r"ops0-bundle/[a-z0-9._-]{1,100}/[a-z0-9._-]{1,100}:[0-9a-f]{16}", re.ASCII)


def bundle_json(bundle: Bundle) -> bytes:
    """The document's bytes: same bundle, same bytes."""
    return write_document(bundle, FORMAT)


def read_bundle(data: bytes) -> Bundle:
    """The bundle of a document. Raises BadDocument."""
    bundle = read_document(data, Bundle, _CLASSES, written_as=FORMAT, writer="ops0 bundle create")
    check_pipeline(bundle.pipeline)
    if sorted(one.step for one in bundle.images) != sorted(s.name for s in bundle.pipeline.steps):
        raise BadDocument("it has not one image for each step")
    for image in bundle.images:
        if not _TAG.fullmatch(image.tag) or not DIGEST.fullmatch(image.digest):
            raise BadDocument(f"the image of {image.step} has an unfit tag or digest")
    check_unique("image", [one.tag for one in bundle.images])
    return bundle
