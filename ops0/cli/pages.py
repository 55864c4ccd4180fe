"""The pages of the guide and the reference, which every ops0 brings with it: what ``ops0 help TOPIC`` shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ops0.cli.command_table import COMMANDS

_HERE = Path(__file__).parent
_FOLDERS = (_HERE / "docs", _HERE.parent.parent / "docs")
"""In the installed package, and in the checkout of an editable install."""
_LIST = re.compile(
    r"^```\{toctree\}\n:caption: (Guide|Reference)\n(.*?)^```", re.MULTILINE | re.DOTALL
)
_ENTRY = re.compile(r"^(?:guide|reference)/([\w-]+)$", re.MULTILINE)
_COMMENT = re.compile(r"^ *<!--.*?-->\n+", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)([^)]*)\)")


@dataclass(frozen=True)
class Page:
    """One page. ``part``: Guide or Reference;  ``topic``: ``exit-codes``; ``reference/plan``, for plan is a command."""

    part: str
    topic: str
    file: Path

    @cached_property
    def text(self) -> str:
        """Its Markdown, without comments."""
        return _COMMENT.sub("", self.file.read_text(encoding="utf-8"))

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.text.partition("\n")[0].lstrip("# ")


def pages() -> Mapping[str, Page]:
    """All by topic, in the order in which the index lists them."""
    folder = next((one for one in _FOLDERS if (one / "index.md").is_file()), None)
    return {} if folder is None else {one.topic: one for one in _listed(folder)}


def followed(page: Page, known: Mapping[str, Page]) -> str:
    """The text with each link to another page as the command that shows it; links into a page are their words."""

    def words(link: re.Match[str]) -> str:
        file = link[2].partition("#")[0]
        there = file and (page.file.parent / file).resolve()
        topic = next((one.topic for one in known.values() if one.file.resolve() == there), None)
        return link[1] if topic in (None, page.topic) else f"{link[1]} (`ops0 help {topic}`)"

    return _LINK.sub(words, page.text)


def _listed(folder: Path) -> Iterator[Page]:
    index = (folder / "index.md").read_text(encoding="utf-8")
    for part, entries in _LIST.findall(index):
        for topic in _ENTRY.findall(entries):
            name = f"{part.lower()}/{topic}" if topic in COMMANDS else topic
            yield Page(part, name, folder / part.lower() / f"{topic}.md")
