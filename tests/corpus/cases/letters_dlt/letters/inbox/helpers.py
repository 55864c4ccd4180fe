import email
import hashlib
import imaplib
from email.message import Message
from time import mktime
from typing import Optional

from dlt.common import logger, pendulum
from dlt.sources import TDataItem


def message_of(client: imaplib.IMAP4_SSL, uid: str) -> Optional[Message]:
    status, data = client.uid("fetch", uid, "(RFC822)")
    if status != "OK" or not data[0]:
        logger.warning(f"no message {uid}")
        return None
    return email.message_from_bytes(data[0][1])


def came_at(client: imaplib.IMAP4_SSL, uid: str) -> pendulum.DateTime:
    status, data = client.uid("fetch", uid, "(INTERNALDATE)")
    return pendulum.from_timestamp(mktime(imaplib.Internaldate2tuple(data[0])))


def info_of(message: Message, include_body: bool = False) -> TDataItem:
    info = {name: message[name] for name in ("Date", "From", "Subject", "Message-ID")}
    if include_body:
        info["body"] = body_of(message)
    return info


def body_of(message: Message) -> str:
    parts = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/plain"]
    return "".join(part.decode("utf-8", "replace") for part in parts if part)


def digest_of(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()
