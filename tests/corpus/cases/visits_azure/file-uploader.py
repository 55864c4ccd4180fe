from azure.core.exceptions import ResourceExistsError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient


def client_of(text, address, kind):
    if kind == "keys":
        return BlobServiceClient.from_connection_string(text)
    return BlobServiceClient(address, credential=DefaultAzureCredential())


def container_of(client, name):
    try:
        return client.create_container(name)
    except ResourceExistsError:
        return client.get_container_client(name)


def upload(container, name, path):
    with open(path, "rb") as file:
        container.upload_blob(name=name, data=file, overwrite=True)
