import os
import re

RESERVED = {"CON", "PRN", "AUX", "NUL"}


def safe_name(symbol: str) -> str:
    text = re.sub(r"[^A-Za-z0-9_.-]", "_", symbol)
    return f"_{text}" if text.upper() in RESERVED else text


def existing(folder: str, symbol: str, ending: str) -> str | None:
    for name in (safe_name(symbol), symbol):
        path = os.path.join(folder, name + ending)
        if os.path.exists(path):
            return path
    return None
