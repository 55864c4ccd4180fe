import imaplib
import os
from copy import deepcopy
from typing import Optional, Sequence

import dlt
from dlt.common import logger, pendulum
from dlt.sources import DltResource, TDataItem, TDataItems

from ..settings import FIRST_DAY, FOLDER, SENDERS
from .helpers import came_at, digest_of, info_of, message_of


@dlt.source
def inbox(
    folder: str = FOLDER,
    attachments: bool = False,
    first_day: pendulum.DateTime = FIRST_DAY,
    senders: Sequence[str] = SENDERS,
    kinds: Sequence[str] = (),
) -> DltResource:
    uids = message_uids(senders=senders, first_day=first_day)
    if attachments:
        return uids | attached(folder=folder, kinds=kinds)
    return uids | messages


@dlt.resource
def message_uids(
    host: str = dlt.secrets.value,
    account: str = dlt.secrets.value,
    password: str = dlt.secrets.value,
    senders: Sequence[str] = SENDERS,
    first_day: pendulum.DateTime = FIRST_DAY,
    first_uid: dlt.sources.incremental[int] = dlt.sources.incremental("uid", initial_value=1),
) -> TDataItem:
    with imaplib.IMAP4_SSL(host) as client:
        client.login(account, password)
        client.select("INBOX", readonly=True)
        base = [f"(SINCE {first_day.strftime('%d-%b-%Y')})", f"(UID {int(first_uid.last_value)}:*)"]

        def found(criteria: Sequence[str]) -> Optional[TDataItems]:
            _, data = client.uid("search", *criteria)
            uids = data[0].split()
            if not uids:
                logger.warning("no letters")
                return None
            return [{"uid": int(uid)} for uid in uids]

        for sender in senders:
            yield found([*base, f"(FROM {sender})"])


@dlt.transformer(name="messages")
def messages(items: TDataItems, host: str = dlt.secrets.value, account: str = dlt.secrets.value, password: str = dlt.secrets.value) -> TDataItem:
    with imaplib.IMAP4_SSL(host) as client:
        client.login(account, password)
        client.select("INBOX", readonly=True)
        for item in items:
            uid = str(item["uid"])
            message = message_of(client, uid)
            if message:
                row = deepcopy(item)
                row.update(info_of(message, include_body=True))
                row["came_at"] = came_at(client, uid)
                yield row


@dlt.transformer(name="attachments", primary_key="digest")
def attached(
    items: TDataItems,
    folder: str,
    kinds: Sequence[str] = (),
    host: str = dlt.secrets.value,
    account: str = dlt.secrets.value,
    password: str = dlt.secrets.value,
) -> TDataItem:
    with imaplib.IMAP4_SSL(host) as client:
        client.login(account, password)
        client.select("INBOX", readonly=True)
        for item in items:
            message = message_of(client, str(item["uid"]))
            for part in message.walk() if message else ():
                kind = part.get_content_type()
                if part.get_content_disposition() != "attachment" or (kinds and kind not in kinds):
                    continue
                content = part.get_payload(decode=True)
                path = os.path.join(folder, part.get_filename())
                with open(path, "wb") as file:
                    file.write(content)
                yield {**info_of(message), "file_path": path, "content_type": kind, "digest": digest_of(content)}
