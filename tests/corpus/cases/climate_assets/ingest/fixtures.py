import gzip
import os
from pathlib import Path

FOLDER = Path(__file__).parent / "fixtures"


def enabled() -> bool:
    return os.environ.get("FIXTURES", "") not in ("", "0")


def text_of(name: str) -> str:
    return gzip.decompress((FOLDER / f"{name}.gz").read_bytes()).decode()
