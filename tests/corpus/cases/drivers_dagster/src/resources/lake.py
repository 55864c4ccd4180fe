"""A lake in Azure."""

from pathlib import Path
from typing import List, Union

from azure.identity import ClientSecretCredential
from azure.storage.filedatalake import DataLakeServiceClient, FileProperties
from dagster import resource

from resources.base import BaseResource


class Lake(BaseResource):
    def __init__(self, name="lake"):
        self.name = name
        self.client = self.get_client()

    def get_client(self) -> DataLakeServiceClient:
        connection = super().get_connection(self.name)
        return DataLakeServiceClient(
            account_url=f"https://{connection.host}.dfs.example.org/",
            credential=ClientSecretCredential(connection.more.get("tenant"), connection.login, connection.password),
        )

    def upload(self, system: str, local: Union[str, Path], remote: Union[str, Path]) -> FileProperties:
        local, remote = Path(local), Path(remote)
        if local.is_dir():
            raise ValueError(f"{local} is a folder")
        client = self.client.get_directory_client(system, str(remote.parent)).create_file(remote.name)
        with local.open("rb") as file:
            client.upload_data(file, overwrite=True)
        return client.get_file_properties()

    def upload_folder(self, system: str, local: Path, remote: Path) -> List[FileProperties]:
        found = []
        for path in local.iterdir():
            if path.is_dir():
                found.extend(self.upload_folder(system, path, remote / path.name))
            else:
                found.append(self.upload(system, path, remote / path.name))
        return found


@resource(config_schema={"name": str})
def lake(init_context):
    return Lake(name=init_context.resource_config["name"])
