"""Messages into Slack, by slack-sdk, which is loaded when the first one is sent."""

from __future__ import annotations

from ops0.integrations.sending import ANSWER_LIMIT, Later, Message, SendFault, retry_after

_MISSING = 'install it beside ops0: pip install "ops0[slack]"'
_HINTS = {
    "not_in_channel": "invite the bot: /invite in that channel",
    "channel_not_found": "is the channel's name right, and is the bot in it?",
    "invalid_auth": "is the token right?",
    "not_authed": "is the token right?",
    "missing_scope": "give the app the scope chat:write",
}


def send(message: Message, *, channel: str, token: str, base_url: str | None) -> None:
    """Post one message.

    raises: Later, SendFault
    source: https://api.slack.com/methods/chat.postMessage, https://api.slack.com/apis/rate-limits
    """
    try:
        from slack_sdk import WebClient  # noqa: PLC0415 - an extra, and only for whoever uses it
        from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415
    except ImportError:
        raise SendFault("slack-sdk is not installed", _MISSING) from None
    where = WebClient.BASE_URL if base_url is None else base_url.rstrip("/") + "/"
    client = WebClient(token=token, timeout=int(ANSWER_LIMIT), base_url=where, retry_handlers=[])
    try:
        client.chat_postMessage(channel=channel, text=message.text)
    except SlackApiError as fault:
        _refused(fault)
    except ConnectionRefusedError:
        raise Later("Slack refuses the connection") from None
    except (OSError, SlackClientError) as fault:
        raise SendFault(f"Slack cannot be reached: {type(fault).__name__}") from None


def _refused(fault: object) -> None:
    """Raise what an answer of Slack means."""
    response = getattr(fault, "response", None)
    status = getattr(response, "status_code", 0)
    if status in (429, 503):
        headers = getattr(response, "headers", None) or {}
        found = {str(name).lower(): value for name, value in headers.items()}
        after = found.get("retry-after")
        text = str(after[0] if isinstance(after, list) else after) if after else None
        raise Later(f"Slack says {status}", retry_after(text))
    data = getattr(response, "data", None)
    error = str(data.get("error", "")) if isinstance(data, dict) else ""
    raise SendFault(f"Slack says {error or status}", _HINTS.get(error))
