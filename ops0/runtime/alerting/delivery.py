"""One alert to where it belongs, with the credentials that it refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from ops0.core.api.secrets import is_reference
from ops0.core.step_options import Alert
from ops0.host.references import Unfound, look_up
from ops0.integrations.sending import Message, SendFault

Read: TypeAlias = Callable[[str], str]
"""Gives what a reference leads to. Raises SendFault."""


class Credentials:
    """What the alerts of a run refer to: looked up when the first is posted, all at once, and once. For any thread."""

    def __init__(self, alerts: Iterable[Alert], folder: Path) -> None:
        self._references = {one for alert in alerts for one in alert.references}
        self._folder, self._lock = folder, Lock()
        self._found: dict[str, str | Unfound] | None = None

    def read(self, reference: str) -> str:
        """What a reference leads to. Raises SendFault, which names the reference only."""
        with self._lock:
            if self._found is None:
                self._found = dict(look_up(self._references, self._folder))
        found = self._found[reference]
        if isinstance(found, Unfound):
            raise SendFault(f"{reference}: {found.fact}", found.hint)
        return found


def shown(alert: Alert) -> str:
    """Where an alert goes, for people: of a webhook only its host, for its path may be the key to it."""
    to = ", ".join(alert.to)
    if alert.kind == "webhook" and not is_reference(to):
        to = to.partition("://")[2].partition("/")[0].partition("?")[0]
    return f"{alert.kind} {to}"


def deliver_alert(alert: Alert, message: Message, read: Read) -> None:
    """One try to deliver. Raises Later, SendFault."""
    credential = None if alert.credential is None else read(alert.credential)
    server = None if alert.server is None else _meant(alert.server, read)
    if alert.kind == "slack":
        from ops0.integrations import slack  # noqa: PLC0415 - each sender loads what only it needs

        slack.send(message, channel=alert.to[0], token=credential or "", base_url=server)
    elif alert.kind == "webhook":
        from ops0.integrations import webhook  # noqa: PLC0415

        webhook.send(message, url=_meant(alert.to[0], read), token=credential)
    else:
        from ops0.integrations import mail  # noqa: PLC0415

        user = None if alert.user is None else read(alert.user)
        mail.send(
            message,
            to=alert.to,
            sender=alert.sender or "",
            server=server or "",
            user=user,
            password=credential,
        )


def _meant(text: str, read: Read) -> str:
    return read(text) if is_reference(text) else text
