"""The tags that a pipeline's last build looked up: the engine is asked for them while the next one is being analysed.

A guess and nothing more: what counts is the plan's own tags, and a tag that was not foreseen is asked for as ever. The
file may be deleted at any time; it hides the engine's 10 to 25 ms an image.
"""

from __future__ import annotations

from pathlib import Path

from ops0.core.digest import sha256
from ops0.core.plan import Plan
from ops0.host.folders import write_aside

_MOST = 10_000


def foresight_file(
    cache: Path, root: Path, entry: str, selected: str | None, platform: str | None = None
) -> Path:
    """Where the tags of one pipeline of one project are kept. ``platform``: where it is not the project's own."""
    named = f"{root}\n{entry}\n{selected or ''}{f'@{platform}' if platform else ''}"
    # A path may have bytes that the locale cannot decode: Python has them as lone surrogates.
    return cache / "foresight" / sha256(named.encode("utf-8", "surrogatepass"))[:32]


def foreseen(file: Path) -> tuple[str, ...]:
    """The tags that were kept; () where there are none, or where they cannot be read."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(tag for tag in text.split("\n")[:_MOST] if tag.isprintable() and tag)


def keep_foresight(file: Path, plan: Plan) -> None:
    """Keep the tags of a plan's bases and images. Raises OSError."""
    tags = [image.base.reference for image in plan.images] + [image.tag for image in plan.images]
    text = "\n".join(dict.fromkeys(tags))
    if "\n".join(foreseen(file)) != text:
        write_aside(file, text.encode())
