"""One image of the engine: what its configuration says, its layers with sizes, what it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops0.core.errors import EngineError
from ops0.host.engine_socket import EngineSocket, quoted
from ops0_builder.about.contents import PROBE, Contents, Unreadable, read_contents
from ops0_builder.bases.foreign import engine_platform
from ops0_builder.engine.engine_images import inspected
from ops0_builder.engine.once import run_once
from ops0_builder.notes import read_note, write_note
from ops0_builder.planning.keys import TITLES

SECONDS = 120.0


class NoSuchImage(EngineError):
    """The engine has no image of that name."""

    exit_code = 69

    def __init__(self, reference: str, hint: str) -> None:
        super().__init__(f"image {reference}: not on the engine", hint)
        self.reference = reference


class ImageSilent(EngineError):
    """An image does not tell what it holds: its Python does not answer, or its records cannot be read."""

    exit_code = 69

    def __init__(self, reference: str, fact: str) -> None:
        super().__init__(
            f"image {reference}: it does not tell what it holds: {fact}",
            "build it again: `ops0 build --no-cache`; of an image from elsewhere, see that it is whole",
        )
        self.reference, self.fact = reference, fact


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerFacts:
    """A layer as the engine tells it. ``size`` in bytes, unpacked; ``made_by``: the instruction."""

    made_by: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFacts:
    """What an image is. ``digest``: the engine's id of it; ``size`` in bytes; ``layers`` from the lowest up."""

    reference: str
    digest: str
    platform: str
    size: int
    user: str
    entrypoint: tuple[str, ...]
    labels: Mapping[str, str]
    layers: tuple[LayerFacts, ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """Of the layers that ops0 put on the base, as the image says; () where it does not, or not in plain text."""
        try:
            told = json.loads(self.labels.get(TITLES, "[]"))
        except (ValueError, RecursionError):
            return ()
        fit = isinstance(told, list) and all(
            isinstance(one, str) and one.isprintable() for one in told
        )
        return tuple(told) if fit else ()


def image_facts(engine: EngineSocket, reference: str, *, hint: str) -> ImageFacts:
    """Ask the engine.

    hint:   what makes the image, for NoSuchImage
    raises: NoSuchImage, EngineError
    """
    told = inspected(engine, reference)
    if told is None:
        raise NoSuchImage(reference, hint)
    history = engine.call("GET", f"/images/{quoted(reference)}/history").json()
    return read_facts(reference, told, history)


def read_facts(reference: str, told: Any, history: Any) -> ImageFacts:
    """The engine's two answers as one value. Pure.

    source: https://docs.docker.com/reference/api/engine/version/v1.44/#tag/Image
    """
    config = told.get("Config") or {}
    return ImageFacts(
        reference=reference,
        digest=str(told["Id"]),
        platform=f"{told.get('Os', '')}/{told.get('Architecture', '')}",
        size=int(told.get("Size") or 0),
        user=str(config.get("User") or ""),
        entrypoint=tuple(config.get("Entrypoint") or ()),
        labels=dict(sorted((config.get("Labels") or {}).items())),
        layers=tuple(
            LayerFacts(made_by=str(row.get("CreatedBy") or ""), size=int(row["Size"]))
            for row in reversed(history)
            if row.get("Size")
        ),
    )


def image_contents(engine: EngineSocket, image: ImageFacts, note: Path) -> Contents:
    """What the image holds; from the file ``note`` if it was asked before, else from the image itself.

    One that ops0 built for the engine's platform is run once, without network; of any other, its files are read.

    raises: ImageSilent, EngineError
    """
    kept = kept_contents(note)
    if kept is not None:
        return kept
    native = "ops0.step" in image.labels and image.platform == engine_platform(engine)
    try:
        text = _asked(engine, image) if native else _read(engine, image)
        contents = read_contents(text)
    except Unreadable as fault:
        raise ImageSilent(image.reference, str(fault)) from None
    write_note(note, text.encode())
    return contents


def kept_contents(note: Path) -> Contents | None:
    """What an image holds, as it was told earlier; None where it was not asked yet, or the note is damaged."""
    try:
        return read_contents(read_note(note).decode("utf-8", "replace"))
    except (OSError, Unreadable):
        return None


def _asked(engine: EngineSocket, image: ImageFacts) -> str:
    ended = run_once(
        engine,
        image.digest,
        ("python3", "-IBc", PROBE),
        labels={"ops0.kind": "probe"},
        timeout=SECONDS,
    )
    if ended.code != 0:
        raise Unreadable(ended.err.strip()[-300:])
    return ended.out


def _read(engine: EngineSocket, image: ImageFacts) -> str:
    from ops0_builder.about.reading import read_foreign  # noqa: PLC0415 - rarely asked for

    return read_foreign(engine, image.digest, image.platform)
