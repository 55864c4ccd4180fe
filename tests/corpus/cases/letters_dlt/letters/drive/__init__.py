from pathlib import Path
from typing import Any, Optional, Sequence, Union

import dlt
from dlt.common import pendulum
from dlt.sources import DltResource, TDataItem, TDataItems
from dlt.sources.credentials import GcpOAuthCredentials, GcpServiceAccountCredentials
from googleapiclient.discovery import build

from .helpers import fetch


@dlt.source(name="drive")
def drive(
    credentials: Union[GcpServiceAccountCredentials, GcpOAuthCredentials] = dlt.secrets.value,
    folder_ids: Sequence[str] = dlt.config.value,
    folder: Union[str, Path] = "letters_in",
    kinds: Sequence[str] = (),
    download: bool = False,
) -> DltResource:
    if isinstance(credentials, GcpOAuthCredentials):
        credentials.auth(["https://www.googleapis.com/auth/drive.readonly"])
    service = build("drive", "v3", credentials=credentials.to_native_credentials())
    uids = file_uids(service, folder_ids)
    if download:
        return uids | downloaded(service=service, folder=Path(folder), kinds=kinds)
    return uids


@dlt.resource
def file_uids(service: Any, folder_ids: Sequence[str], since: Optional[pendulum.DateTime] = None) -> TDataItem:
    for folder_id in folder_ids:
        token = None
        while True:
            answer = service.files().list(q=f"'{folder_id}' in parents", pageToken=token, fields="files(id, name, mimeType)").execute()
            yield [told(one) for one in answer.get("files", [])]
            token = answer.get("nextPageToken")
            if token is None:
                break


def told(answer: TDataItem) -> TDataItem:
    return {"content_type": answer["mimeType"], "file_id": answer["id"], "file_name": answer["name"]}


@dlt.transformer(name="attachments")
def downloaded(items: TDataItems, service: Any, folder: Path, kinds: Sequence[str] = ()) -> TDataItem:
    for item in items:
        if kinds and item["content_type"] not in kinds:
            continue
        path = folder / item["file_name"]
        fetch(service, item["file_id"], path.as_posix())
        yield {**item, "file_path": path.as_posix()}
