"""What a record of a Kafka topic holds, and what is told of one that cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ops0.integrations.reading import Bad

if TYPE_CHECKING:
    from confluent_kafka import Message


def value_of(data: bytes | None, kind: str) -> Any:
    """A record's value. Raises ValueError."""
    if data is None or kind == "bytes":
        return data
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        raise ValueError(f"not UTF-8: byte {fault.start}") from None
    if kind == "text":
        return text
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("not JSON: nested too deep") from None
    except ValueError as fault:
        raise ValueError(f"not JSON: {fault}") from None


def bad_of(message: Message, fact: str) -> Bad:
    """A record that goes to the topic of bad ones as it came."""
    value, key = message.value(), message.key()
    where = f"partition {message.partition()}, offset {message.offset()}"
    return Bad(
        where=where,
        fact=fact,
        data=value if isinstance(value, bytes) else b"",
        key=key if isinstance(key, bytes) else None,
    )
