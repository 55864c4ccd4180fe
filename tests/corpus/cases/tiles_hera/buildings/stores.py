"""Files here or in a container of Azure."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import requests
from azure.storage.blob import ContainerClient


@dataclass
class Entry:
    name: str
    uri: str
    is_file: bool = True


class AzureFiles:
    def __init__(self, folder: Path):
        self.folder = folder

    def entries(self, uri: str, pattern: str) -> Iterator[Entry]:
        client = ContainerClient.from_container_url(uri.replace("azure://", ""))
        for name in client.list_blob_names():
            if re.match(pattern, name):
                yield Entry(name, f"{uri}/{name}")

    def download(self, uri: str) -> Path:
        path = self.folder / uri.rsplit("/", 1)[-1]
        with requests.get(uri.replace("azure://", ""), stream=True) as answer, open(path, "wb") as file:
            shutil.copyfileobj(answer.raw, file)
        return path

    def upload(self, path: Path, uri: str) -> None:
        with open(path, "rb") as file:
            ContainerClient.from_container_url(uri).upload_blob(path.name, file, overwrite=True)


class LocalFiles:
    def __init__(self, folder: Path):
        self.folder = folder

    def entries(self, uri: str, pattern: str) -> Iterator[Entry]:
        for path in Path(uri.replace("file://", "")).iterdir():
            if re.match(pattern, path.name):
                yield Entry(path.name, str(path), path.is_file())

    def download(self, uri: str) -> Path:
        return Path(uri.replace("file://", ""))

    def upload(self, path: Path, uri: str) -> None:
        shutil.copy(path, uri.replace("file://", ""))


class AnyFiles:
    def __init__(self, folder: Path):
        self.by_scheme = {"azure": AzureFiles(folder), "file": LocalFiles(folder)}

    def of(self, uri: str):
        return self.by_scheme[uri.split("://", 1)[0]]

    def entries(self, uri: str, pattern: str) -> Iterator[Entry]:
        yield from self.of(uri).entries(uri, pattern)

    def download(self, uri: str) -> Path:
        return self.of(uri).download(uri)

    def upload(self, path: Path, uri: str) -> None:
        self.of(uri).upload(path, uri)
