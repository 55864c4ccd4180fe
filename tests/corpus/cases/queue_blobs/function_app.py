"""Every minute: messages of a bus in another company's tenant, each as a blob in ours."""

import json
import logging
import os
import uuid
from datetime import datetime, timezone

import azure.functions as func
from azure.identity import ClientAssertionCredential, ManagedIdentityCredential
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.storage.blob import BlobServiceClient


def _must(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise OSError(f"{name} is not set")
    return value


def _may(name: str, default: str) -> str:
    return os.environ.get(name, default)


def _theirs() -> ClientAssertionCredential:
    """Who we are over there: our identity's token, changed for one of theirs."""
    ours = ManagedIdentityCredential(client_id=_must("IDENTITY_ID"))

    def _token() -> str:
        return ours.get_token("api://AzureADTokenExchange").token

    return ClientAssertionCredential(
        tenant_id=_must("THEIR_TENANT"), client_id=_must("THEIR_APP"), func=_token
    )


def _ours() -> ManagedIdentityCredential:
    return ManagedIdentityCredential(client_id=_must("IDENTITY_ID"))


def _write(blobs: BlobServiceClient, container: str, message: ServiceBusMessage) -> str:
    number = message.message_id or str(uuid.uuid4())
    name = f"{datetime.now(timezone.utc):%Y/%m/%d}/{number}.json"
    body = message.body
    if isinstance(body, (bytes, bytearray)):
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            text = body.hex()
    else:
        text = b"".join(body).decode("utf-8")
    letter = {
        "number": number,
        "queued": message.enqueued_time_utc.isoformat() if message.enqueued_time_utc else None,
        "kind": message.content_type,
        "more": dict(message.application_properties or {}),
        "text": text,
    }
    blob = blobs.get_blob_client(container=container, blob=name)
    blob.upload_blob(json.dumps(letter, default=str).encode("utf-8"), overwrite=True)
    return name


app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

_SCHEDULE = _may("SCHEDULE", "0 */1 * * * *")


@app.timer_trigger(schedule=_SCHEDULE, arg_name="timer", run_on_startup=False)
def fetch_letters(timer: func.TimerRequest) -> None:
    if timer.past_due:
        logging.warning("late, going on")
    container = _must("CONTAINER")
    most = int(_may("MOST", "10"))
    theirs = _theirs()
    blobs = BlobServiceClient(account_url=f"https://{_must('ACCOUNT')}.blob.core.windows.net", credential=_ours())
    done = failed = 0
    with ServiceBusClient(fully_qualified_namespace=_must("BUS"), credential=theirs) as bus:
        with bus.get_subscription_receiver(
            topic_name=_must("TOPIC"), subscription_name=_must("SUBSCRIPTION"), max_wait_time=5
        ) as receiver:
            for message in receiver.receive_messages(max_message_count=most, max_wait_time=5):
                try:
                    name = _write(blobs, container, message)
                    receiver.complete_message(message)
                    done += 1
                    logging.info("%s is %s", message.message_id, name)
                except Exception:
                    logging.exception("left there")
                    receiver.abandon_message(message)
                    failed += 1
    logging.info("done %d, failed %d", done, failed)
