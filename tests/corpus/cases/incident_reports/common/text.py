import html
import re

from dateutil import parser as dates
from langdetect import DetectorFactory, detect
from slugify import slugify

DetectorFactory.seed = 0
TAGS = re.compile(r"<[^>]+>")


def stripped(text):
    return re.sub(r"\s+", " ", html.unescape(TAGS.sub(" ", text))).strip()


def language_of(text):
    return detect(text[:2000]) if text else None


def site_slug(*parts):
    return slugify(" ".join(part for part in parts if part), max_length=60)


def day_of(text):
    try:
        return dates.parse(text, dayfirst=True).date()
    except (ValueError, OverflowError):
        return None
