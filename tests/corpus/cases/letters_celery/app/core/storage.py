import io

from minio import Minio

from app.core.config import get_settings

_settings = get_settings()
client = Minio(_settings.minio, access_key=_settings.minio_key, secret_key=_settings.minio_secret, secure=False)


def download(name: str) -> bytes:
    answer = client.get_object(_settings.bucket, name)
    try:
        return answer.read()
    finally:
        answer.close()


def upload(name: str, data: bytes) -> None:
    client.put_object(_settings.bucket, name, io.BytesIO(data), len(data))
