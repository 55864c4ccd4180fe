import io
import json
import os
import pickle
import tempfile
from abc import abstractmethod
from functools import cached_property
from typing import Any, Optional, Type

import dagster._check as check
import gspread
import pandas as pd
from dagster import (
    ConfigurableIOManagerFactory,
    ConfigurableResource,
    InitResourceContext,
    InputContext,
    OutputContext,
)
from dagster._core.storage.upath_io_manager import UPathIOManager
from google.oauth2 import service_account
from googleapiclient import discovery, http
from googleapiclient.errors import HttpError
from pydantic.fields import Field
from upath import UPath


class _Gone(io.FileIO):
    def close(self):
        super().close()
        try:
            os.remove(self.name)
        except OSError:
            pass

    def writable(self):
        return False


class Drive(ConfigurableResource):
    login: str

    def sheets(self) -> gspread.Client:
        return gspread.service_account_from_dict(json.loads(self.login))

    @cached_property
    def client(self):
        keys = service_account.Credentials.from_service_account_info(json.loads(self.login)).with_scopes(
            ["https://www.googleapis.com/auth/drive"]
        )
        return discovery.build("drive", "v3", credentials=keys)

    def id_of(self, path: str, make: bool = False):
        parts = path.strip("/").split("/")
        found = parts.pop(0)
        while parts:
            name = parts.pop(0)
            try:
                answer = self.client.files().list(q=f"name = '{name}' and parents='{found}'").execute()
                if answer.get("files"):
                    found = answer["files"][0]["id"]
                elif make:
                    found = self.client.files().create(body={"name": name, "parents": [found]}, fields="id").execute()["id"]
                else:
                    return None
            except HttpError as error:
                if error.status_code != 404:
                    raise
                return None
        return found

    def download(self, path, size: Optional[int] = None, until=lambda _: False):
        file = self.id_of(path)
        if not file:
            raise FileNotFoundError(path)
        request = self.client.files().get_media(fileId=file)
        done = False
        with tempfile.NamedTemporaryFile(delete=False) as out:
            loader = http.MediaIoBaseDownload(out, request, chunksize=size or 1 << 20)
            back = _Gone(out.name, "r")
            while done is False:
                _, done = loader.next_chunk()
                if until(out):
                    done = True
        return back


class Pickles(UPathIOManager):
    extension = ".pickle"

    def dump_to_path(self, context: OutputContext, obj: Any, path: "UPath"):
        with path.open("wb") as file:
            pickle.dump(obj, file)

    def load_from_path(self, context: InputContext, path: "UPath") -> Any:
        with path.open("rb") as file:
            return pickle.load(file)


class Jsons(UPathIOManager):
    extension = ".json"

    def dump_to_path(self, context: OutputContext, obj: Any, path: "UPath"):
        if self.path_exists(path):
            context.log.warning(f"taking the place of {path}")
            self.unlink(path)
        path.write_text(json.dumps(obj, indent=2))

    def load_from_path(self, context: InputContext, path: "UPath") -> Any:
        return json.loads(path.read_text())


class Csvs(UPathIOManager):
    extension = ".csv"

    def dump_to_path(self, context: OutputContext, obj: pd.DataFrame, path: UPath) -> None:
        if self.path_exists(path):
            self.unlink(path)
        obj.to_csv(path, index=False)

    def load_from_path(self, context: InputContext, path: UPath) -> pd.DataFrame:
        return pd.read_csv(path)


class Managers(ConfigurableIOManagerFactory[Pickles | Jsons | Csvs]):
    folder: Optional[str] = Field(default=None, description="where files lie")

    @abstractmethod
    def manager(self) -> Type[UPathIOManager]:
        raise NotImplementedError

    def create_io_manager(self, context: InitResourceContext) -> UPathIOManager:
        folder = self.folder or check.not_none(context.instance).storage_directory()
        return self.manager()(base_path=UPath(folder))


class CsvManager(Managers):
    def manager(self) -> Type[UPathIOManager]:
        return Csvs
