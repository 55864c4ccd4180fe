import os


def store_url() -> str:
    user = os.getenv("STORE_USER", "analyst")
    word = os.getenv("STORE_PASSWORD", "analyst")
    host = os.getenv("STORE_HOST", "store")
    return f"postgresql+psycopg2://{user}:{word}@{host}:5432/shop"
