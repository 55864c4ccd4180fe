"""What git takes as the name of a branch, a tag or a commit, and nothing that a program would take for an option. Pure.

source: https://git-scm.com/docs/git-check-ref-format
"""

from __future__ import annotations

import re

TAGS, BRANCHES = "refs/tags/", "refs/heads/"
"""What the whole names of tags and branches begin with."""

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")
_LONGEST = 250


def ref_fault(ref: str) -> str | None:
    """What is wrong with a name; None for nothing.

    >>> ref_fault("feature/b"), ref_fault("--upload-pack=x")
    (None, 'it begins with a hyphen')
    """
    if ref.startswith("-"):
        return "it begins with a hyphen"
    if len(ref) > _LONGEST:
        return f"it has more than {_LONGEST} characters"
    if _FORBIDDEN.search(ref) or ref == "@" or not ref.isprintable():
        return "it has what git takes in no name"
    parts = ref.split("/")
    if any(not part or part.startswith(".") or part.endswith(".lock") for part in parts):
        return "it has a part that git takes in no name"
    return "it ends in a dot" if ref.endswith(".") else None


def short_ref(ref: str) -> str:
    """The name by which people call a branch or tag.

    >>> short_ref("refs/tags/v1"), short_ref("v1")
    ('v1', 'v1')
    """
    return ref.removeprefix(TAGS).removeprefix(BRANCHES)
