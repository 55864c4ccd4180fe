"""``ops0/bundle.json``: a Bundle as bytes and back. Pure.

What comes back is believed in nothing: the closed list of classes, the type of every field, and the sense of names and
references are checked, for call ids become names of volumes and folders.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import is_dataclass, replace
from typing import Any

from ops0.core import locked, pipeline
from ops0.core.pipeline import FromCall, Pipeline, Step
from ops0.core.rows import from_rows, to_rows
from ops0_builder.bundle import values
from ops0_builder.bundle.conform import conforms
from ops0_builder.bundle.values import FORMAT, Bundle
from ops0_builder.names import is_fit
from ops0_builder.oci.values import DIGEST, canonical

LARGEST = 256 << 20
_CLASSES = tuple(
    one
    for module in (pipeline, locked, values)
    for one in vars(module).values()
    if isinstance(one, type) and is_dataclass(one)
)
_TAG = re.compile(r"ops0/[a-z0-9._-]{1,100}/[a-z0-9._-]{1,100}:[0-9a-f]{16}", re.ASCII)


class BadDocument(ValueError):
    """A document that no ops0 wrote. The text is the fact."""


def without_source(whole: Pipeline) -> Pipeline:
    """The pipeline without what only a build reads: slices, data files, and the reasons of needs."""
    return replace(whole, steps=tuple(_bare(step) for step in whole.steps))


def _bare(step: Step) -> Step:
    return replace(step, needs=(), system=(), slices=(), data=(), warnings=())


def bundle_json(bundle: Bundle) -> bytes:
    """The document's bytes: same bundle, same bytes."""
    return canonical({"format": FORMAT, "rows": to_rows(bundle)}) + b"\n"


def read_bundle(data: bytes) -> Bundle:
    """The bundle of a document. Raises BadDocument."""
    try:
        told = json.loads(data)
        written_by = told["format"]
        rows = told["rows"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadDocument("it is not what `ops0 bundle create` writes") from None
    if written_by != FORMAT:
        raise BadDocument(f"it is of format {str(written_by)[:20]}, this ops0 reads {FORMAT}")
    try:
        bundle = from_rows(rows, _CLASSES)
    except ValueError as fault:
        raise BadDocument(str(fault)[:200]) from None
    if not isinstance(bundle, Bundle) or not _is_typed(bundle):
        raise BadDocument("it is not what `ops0 bundle create` writes")
    _check(bundle)
    return bundle


def _is_typed(value: Any) -> bool:
    try:
        return conforms(value, type(value))
    except RecursionError:
        return False


def _check(bundle: Bundle) -> None:
    whole = bundle.pipeline
    names = [step.name for step in whole.steps]
    _check_names("pipeline", [whole.name])
    _check_names("step", names)
    _check_names("call", [call.id for call in whole.calls])
    if not whole.calls or not whole.results:
        raise BadDocument("its pipeline has no calls or no results")
    _check_calls(whole)
    if sorted(one.step for one in bundle.images) != sorted(names):
        raise BadDocument("it has not one image for each step")
    for image in bundle.images:
        if not _TAG.fullmatch(image.tag) or not DIGEST.fullmatch(image.digest):
            raise BadDocument(f"the image of {image.step} has an unfit tag or digest")
    _check_unique("image", [one.tag for one in bundle.images])


def _check_names(kind: str, names: list[Any]) -> None:
    for name in names:
        if not is_fit(name):
            raise BadDocument(f"{kind} {name[:80]!r} has no fit name")
    _check_unique(kind, names)


def _check_unique(kind: str, names: list[Any]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise BadDocument(f"two of one name: {kind} {twice[0]}")


def _check_calls(whole: Pipeline) -> None:
    """Calls take from earlier calls only, so there is no cycle."""
    steps = {step.name for step in whole.steps}
    earlier: set[str] = set()
    for call in whole.calls:
        if call.step not in steps:
            raise BadDocument(f"call {call.id} is of no step")
        for _, source in call.inputs:
            if isinstance(source, FromCall) and source.call not in earlier:
                raise BadDocument(
                    f"call {call.id} takes from {source.call}, which is none before it"
                )
        earlier.add(call.id)
    if not set(whole.results) <= earlier:
        raise BadDocument("a result is of no call")
