import os

from azure.core.exceptions import ResourceExistsError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient, ContentSettings


def client(url, by="creds"):
    if by == "creds":
        return BlobServiceClient(url, credential=DefaultAzureCredential())
    return BlobServiceClient.from_connection_string(os.getenv("CONNECTION_STRING"))


def container(service, name):
    try:
        return service.create_container(name)
    except ResourceExistsError:
        return service.get_container_client(name)


def sent(holder, name, path):
    with open(path, "rb") as data:
        holder.upload_blob(name=name, data=data, overwrite=True, content_settings=ContentSettings(content_type="text/csv"))
