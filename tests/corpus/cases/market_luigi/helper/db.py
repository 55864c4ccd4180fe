import os

from dotenv import load_dotenv
from sqlalchemy import create_engine

load_dotenv()

SOURCE = {key: os.getenv(f"SOURCE_{key}") for key in ("USER", "PASSWORD", "HOST", "NAME")}
STORE = {key: os.getenv(f"STORE_{key}") for key in ("USER", "PASSWORD", "HOST", "NAME")}


def source_engine():
    return create_engine(f"postgresql://{SOURCE['USER']}:{SOURCE['PASSWORD']}@{SOURCE['HOST']}/{SOURCE['NAME']}")


def store_engine():
    engine = create_engine(f"postgresql://{STORE['USER']}:{STORE['PASSWORD']}@{STORE['HOST']}/{STORE['NAME']}")

    return engine
