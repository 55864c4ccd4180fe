def secret(name: str, project: str) -> str:
    from google.cloud import secretmanager

    client = secretmanager.SecretManagerServiceClient()
    answer = client.access_secret_version(name=f"projects/{project}/secrets/{name}/versions/latest")
    return answer.payload.data.decode("UTF-8")


def copy_up(source: str, target: str) -> None:
    import os
    from urllib.parse import urlparse

    from google.cloud import storage

    if os.path.isdir(source):
        raise ValueError(f"{source} is a folder")
    place = urlparse(target)
    storage.Client().bucket(place.hostname).blob(place.path.lstrip("/")).upload_from_filename(source)
