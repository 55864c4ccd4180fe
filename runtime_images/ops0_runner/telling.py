"""A small result, handed to the host with the word that it is done. Python 3.8, standard library only.

Reading a file out of a container costs the host a mount of all its layers, and waiting for the container's end.
"""

from __future__ import annotations

import binascii
import os

from ops0_runner.protocol import MANIFEST_NAME, MOST_TOLD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional


def small_files(value: Dict[str, Any], folder: str) -> Optional[Dict[str, str]]:
    """Give each file of a VALUE, base64; None where they are many or large, or have folders or anything else beside.

    folder: the attempt's output; what the step has put there is for the host to see, which refuses it
    """
    entries = _entries(value)
    if entries is None or sum(entry["size"] for entry in entries) > MOST_TOLD:
        return None
    if not set(os.listdir(folder)) <= {MANIFEST_NAME, *(entry["name"] for entry in entries)}:
        return None
    try:
        return {entry["name"]: _content(os.path.join(folder, entry["name"])) for entry in entries}
    except OSError:
        return None  # the host reads it, and tells what is wrong with it


def _entries(value: Dict[str, Any]) -> Optional[List[Dict[str, Any]]]:
    if value.get("folders"):
        return None
    found: List[Dict[str, Any]] = list(value.get("files") or ())
    for item in value.get("items") or ():
        inner = _entries(item)
        if inner is None:
            return None
        found += inner
    return found


def _content(path: str) -> str:
    with open(path, "rb") as file:
        return binascii.b2a_base64(file.read(MOST_TOLD + 1), newline=False).decode()
