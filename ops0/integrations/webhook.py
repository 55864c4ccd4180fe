"""Messages to any HTTP endpoint. Loaded when the first one is sent."""

from __future__ import annotations

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

from ops0.integrations.sending import ANSWER_LIMIT, Later, Message, SendFault, retry_after

_NOT_TAKEN = (429, 503)
"""What a server says that has not done what was asked. After other faults it may have: those are not tried again."""


def send(message: Message, *, url: str, token: str | None) -> None:
    """POST ``{"text", "pipeline", "run", "call", "attempt"}`` with an ``Idempotency-Key``. Raises Later, SendFault.

    ``call`` and ``attempt`` are null where the run as a whole has failed.
    """
    body = {
        "text": message.text,
        "pipeline": message.pipeline,
        "run": message.run,
        "call": message.call,
        "attempt": message.attempt,
    }
    headers = {"Idempotency-Key": message.id, "User-Agent": "ops0"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    try:
        with urllib3.PoolManager() as pool:
            answer = pool.request(
                "POST",
                url,
                json=body,
                headers=headers,
                timeout=ANSWER_LIMIT,
                retries=False,
                redirect=False,
            )
    except NewConnectionError:
        raise Later("the webhook refuses the connection") from None
    except (HTTPError, ValueError) as fault:
        raise SendFault(f"the webhook cannot be reached: {type(fault).__name__}") from None
    if answer.status in _NOT_TAKEN:
        raise Later(
            f"the webhook says {answer.status}", retry_after(answer.headers.get("Retry-After"))
        )
    if not 200 <= answer.status < 300:
        raise SendFault(f"the webhook says {answer.status}")
