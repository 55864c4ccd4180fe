import re

from flask import request


def whole(name: str, least: int = 1, most: int = 365, default: int = 30) -> int:
    value = int(request.args.get(name, default))
    if not least <= value <= most:
        raise ValueError(f"{name}: {value}")
    return value


def text(name: str, default: str, pattern: str) -> str:
    value = request.args.get(name, default)
    if not re.match(pattern, value):
        raise ValueError(f"{name}: {value}")
    return value
