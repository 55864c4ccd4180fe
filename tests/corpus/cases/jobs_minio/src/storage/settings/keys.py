import os

from dotenv import load_dotenv

load_dotenv()

ENDPOINT = os.getenv("MINIO_ENDPOINT", "http://localhost:9000")
KEY = os.getenv("MINIO_KEY", "minio")
SECRET = os.getenv("MINIO_SECRET", "minio123")
