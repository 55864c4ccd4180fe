import io
from typing import Any

from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload


def fetch(service: Any, file_id: str, path: str) -> None:
    try:
        request = service.files().get_media(fileId=file_id)
        buffer = io.BytesIO()
        loader = MediaIoBaseDownload(buffer, request)
        done = False
        while not done:
            _, done = loader.next_chunk()
        with open(path, "wb") as file:
            file.write(buffer.getvalue())
    except HttpError as fault:
        print(f"{file_id}: {fault}")
