import re

from w3lib.html import remove_tags


def short(text):
    return re.sub(r"\s+", " ", text or "").strip()[:200]


def plain(markup):
    return short(remove_tags(markup))
