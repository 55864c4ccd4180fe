"""What models are told, and pictures as text."""

import base64
from io import BytesIO
from typing import Optional

from PIL import Image
from pydantic import BaseModel

PROMPT = "Say in one sentence what is in the picture, for people who do not see it."


class BatchFile(BaseModel):
    file_id: str
    batch_id: Optional[str] = None
    status: str = "new"
    result: Optional[str] = None


class BatchFiles(BaseModel):
    files: list[BatchFile]


def as_text(image: Image.Image) -> tuple[Optional[str], str]:
    buffer = BytesIO()
    try:
        image.convert("RGB").save(buffer, format="JPEG")
    except OSError:
        return None, ""
    return base64.b64encode(buffer.getvalue()).decode(), "jpeg"


def as_talk(sample: dict) -> dict:
    return {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": PROMPT}, {"type": "image", "image": sample["image"]}]},
            {"role": "assistant", "content": [{"type": "text", "text": sample["alt"]}]},
        ]
    }
