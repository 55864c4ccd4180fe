"""Imports each name it is given, once, and says how that went. Python 3.8, standard library only.

``python -m ops0_runner.prove '["pandas", "sklearn.svm"]'`` writes JSON lines on fd 1:
``{"import": NAME, "state": "begun" | "done" | "failed", "error": "…", "missing": NAME | null}``.
What the imported modules print goes to fd 2. Exit code 0 if all went well, 1 if one failed; a crash of the
interpreter leaves the last ``begun`` without an end.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any, Dict


def main(names: str) -> int:
    """Try every name; one that fails does not keep the others from being tried."""
    told = os.dup(1)
    os.dup2(2, 1)
    failed = 0
    for name in json.loads(names):
        _tell(told, {"import": name, "state": "begun"})
        try:
            importlib.import_module(name)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as fault:  # noqa: BLE001 - SystemExit too is a failed import
            failed = 1
            error = "{}: {}".format(type(fault).__name__, fault)
            missing = getattr(fault, "name", None) if isinstance(fault, ImportError) else None
            _tell(told, {"import": name, "state": "failed", "error": error, "missing": missing})
        else:
            _tell(told, {"import": name, "state": "done"})
    return failed


def _tell(told: int, value: Dict[str, Any]) -> None:
    os.write(told, (json.dumps(value) + "\n").encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
