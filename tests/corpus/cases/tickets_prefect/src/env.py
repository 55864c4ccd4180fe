from pathlib import Path

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent


def prepare_environment(name: str = ".env") -> bool:
    path = ROOT / name
    if not path.exists():
        return False
    return load_dotenv(path)
