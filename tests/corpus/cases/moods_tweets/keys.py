import os

user = os.getenv("DB_USER", "moods")
secret = os.getenv("DB_SECRET", "")
host = os.getenv("DB_HOST", "localhost")
port = int(os.getenv("DB_PORT", "5432"))
name = "moods"
