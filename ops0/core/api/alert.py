"""``@ops0.alert.slack``, ``.webhook`` and ``.email``: say what a step returns to people. Runs in images: Python 3.8.

They mark a function and give it back. The host posts, after the result is committed; nothing in an image knows a
credential. Credentials are references (see ``ops0.core.api.secrets``), looked up by the machine that runs ``ops0 run``.
"""

from __future__ import annotations

import re

from ops0.core.api.marks import MarkFault, checked, marking
from ops0.core.api.secrets import address, is_reference, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Sequence, Tuple, TypeVar, Union

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["email", "slack", "webhook"]

ALERT_ARGUMENTS = {
    "slack": ("channel", "token", "base_url"),
    "webhook": ("url", "token"),
    "email": ("to", "sender", "server", "user", "password"),
}
"""The arguments of each decorator, in order."""
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_SERVER = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def slack(
    channel: str,
    token: str = "env:SLACK_BOT_TOKEN",  # noqa: S107 - a reference
    base_url: Optional[str] = None,
) -> Callable[[F], F]:
    """Post what the step returns into a channel of Slack; None posts nothing.

    channel:  ``#name``, or a channel's id
    token:    a reference to the bot's token, which needs the scope ``chat:write``
    base_url: where Slack's API is, if not at Slack; an address or a reference
    raises:   StepDefinitionError
    source:   https://api.slack.com/methods/chat.postMessage
    """
    return _marked("slack", channel=channel, token=token, base_url=base_url)


def webhook(url: str, token: Optional[str] = None) -> Callable[[F], F]:
    """POST what the step returns as JSON; None posts nothing.

    url:    an address, or a reference to one: whoever knows the address of a webhook can post to it
    token:  None, or a reference to what is sent as ``Authorization: Bearer``
    raises: StepDefinitionError
    """
    return _marked("webhook", url=url, token=token)


def email(
    to: Union[str, Sequence[str]],
    sender: str,
    server: str,
    user: Optional[str] = None,
    password: Optional[str] = None,
) -> Callable[[F], F]:
    """Send what the step returns by mail; None sends nothing.

    to:       one address or several;  sender: the address that it comes from
    server:   ``host`` or ``host:port`` (465: TLS from the start; else STARTTLS where the server has it), or a reference
    user, password: references, both or neither; they are sent over TLS only
    raises:   StepDefinitionError
    """
    return _marked("email", to=to, sender=sender, server=server, user=user, password=password)


def alert_fields(kind: str, given: Dict[str, Any]) -> Dict[str, Any]:
    """Check the arguments of one decorator; gives the fields of ``ops0.core.step_options.Alert``. Raises MarkFault."""
    return {"kind": kind, **_FIELDS[kind](dict(given))}


def _marked(kind: str, **given: Any) -> Callable[[F], F]:
    return marking(f"alert.{kind}", checked(f"@ops0.alert.{kind}", alert_fields, kind, given))


def _slack(given: Dict[str, Any]) -> Dict[str, Any]:
    channel = given.get("channel")
    if not isinstance(channel, str) or not channel.strip("#") or not channel.isprintable():
        raise MarkFault(f"channel={channel!r:.60} is no channel", 'write channel="#alerts"')
    return {
        "to": (channel,),
        "credential": reference(given.get("token", "env:SLACK_BOT_TOKEN"), "token"),
        "server": address(given["base_url"], "base_url") if given.get("base_url") else None,
    }


def _webhook(given: Dict[str, Any]) -> Dict[str, Any]:
    token = given.get("token")
    return {
        "to": (address(given.get("url"), "url"),),
        "credential": None if token is None else reference(token, "token"),
    }


def _email(given: Dict[str, Any]) -> Dict[str, Any]:
    to, server = given.get("to"), given.get("server")
    if not isinstance(server, str) or not (_SERVER.fullmatch(server) or is_reference(server)):
        raise MarkFault(
            f"server={server!r:.60} is no mail server", 'write server="mail.example.org:587"'
        )
    user, password = given.get("user"), given.get("password")
    if (user is None) != (password is None):
        raise MarkFault("user and password go together", "give both, or neither")
    return {
        "to": _addresses((to,) if isinstance(to, str) else to, "to"),
        "sender": _addresses((given.get("sender"),), "sender")[0],
        "server": server,
        "user": None if user is None else reference(user, "user"),
        "credential": None if password is None else reference(password, "password"),
    }


_FIELDS = {"slack": _slack, "webhook": _webhook, "email": _email}


def _addresses(given: Any, what: str) -> Tuple[str, ...]:
    found = tuple(given) if isinstance(given, (list, tuple)) else ()
    if not found or not all(isinstance(one, str) and _ADDRESS.fullmatch(one) for one in found):
        shown = found[0] if len(found) == 1 else given
        raise MarkFault(f"{what}={shown!r:.60} is no address", f'write {what}="ops@example.org"')
    return found
