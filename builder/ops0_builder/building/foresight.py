"""What the engine said of the tags that a pipeline's last build looked up; it is asked again during the next analysis.

A guess and nothing more: what counts is the plan's own tags, and a tag that was not foreseen is asked for as ever. What
is kept of an image counts only where its tag still has the same digest. The file may be deleted at any time; it hides
the engine's 10 to 25 ms an image.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ops0.core.digest import sha256
from ops0.core.plan import Plan
from ops0_builder.engine.engine_images import EngineImage
from ops0_builder.notes import read_note, write_note

_MOST = 10_000

Foreseen = Mapping[str, "EngineImage | None"]
"""Tag -> what the engine said of it; None where it had none, or where nothing was kept."""


def foresight_file(
    cache: Path, root: Path, entry: str, selected: str | None, platform: str | None = None
) -> Path:
    """Where the tags of one pipeline of one project are kept. ``platform``: where it is not the project's own."""
    named = f"{root}\n{entry}\n{selected or ''}{f'@{platform}' if platform else ''}"
    # A path may have bytes that the locale cannot decode: Python has them as lone surrogates.
    return cache / "foresight" / sha256(named.encode("utf-8", "surrogatepass"))[:32]


def foreseen(file: Path) -> Foreseen:
    """What was kept; {} where there is nothing, or where it cannot be read."""
    try:
        return _read(read_note(file))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def last_tags(cache: Path) -> frozenset[str]:
    """The tags that the last build of each pipeline of this user looked up, as far as that is still noted.

    Projects whose pipelines have one name have one name for their images: the newest of all may be of one project.
    """
    found: set[str] = set()
    with suppress(OSError):
        for file in (cache / "foresight").iterdir():
            with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
                found.update(_read(file.read_bytes()))  # it does not count as used
    return frozenset(found)


def _read(data: bytes) -> Foreseen:
    return dict(map(_parsed, data.decode("utf-8").splitlines()[:_MOST]))


def tags_of(plan: Plan) -> tuple[str, ...]:
    """The tags of a plan's bases and images, which its next build will look up."""
    return tuple(tag for image in plan.images for tag in (image.base.reference, image.tag))


def keep_foresight(file: Path, plan: Plan, images: Mapping[str, EngineImage]) -> None:
    """Keep the tags of a plan's bases and images, and what the engine said of them. Raises OSError."""
    found = {tag: images.get(tag) for tag in tags_of(plan)}
    if foreseen(file) != found:
        write_note(file, "".join(map(_line, found.items())).encode())


def _line(item: tuple[str, EngineImage | None]) -> str:
    tag, one = item
    told = None if one is None else [one.digest, dict(one.labels), one.size]
    return json.dumps([tag, told]) + "\n"


def _parsed(line: str) -> tuple[str, EngineImage | None]:
    """One line. Raises ValueError, TypeError, KeyError and AttributeError for what this version did not write."""
    tag, told = json.loads(line)
    if not isinstance(tag, str) or not tag.isprintable() or not tag:
        raise ValueError(line)
    if told is None:
        return tag, None
    digest, labels, size = told
    return tag, EngineImage(digest=str(digest), labels=dict(labels.items()), size=int(size))
