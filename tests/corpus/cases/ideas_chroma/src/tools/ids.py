import hashlib
import uuid

import tiktoken


def steady_id(text: str) -> str:
    return str(uuid.UUID(hashlib.md5(text.encode()).hexdigest()))


def tokens(text: str) -> int:
    return len(tiktoken.get_encoding("cl100k_base").encode(text))
