import re

from unidecode import unidecode


def clean(name):
    return re.sub(r"[^a-z0-9-]", "-", unidecode(name).lower())
