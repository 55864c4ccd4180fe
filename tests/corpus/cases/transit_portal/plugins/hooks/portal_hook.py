import logging
from io import StringIO
from typing import Optional

from airflow.hooks.base import BaseHook
from airflow.models.connection import Connection
from ckanapi import RemoteCKAN


class PortalHook(BaseHook):
    _portal: RemoteCKAN
    connection: Connection

    def __init__(self, portal_conn_id: str = "portal", resource_id: Optional[str] = None, file_name: Optional[str] = None):
        super().__init__()
        self._portal = None
        self.connection: Connection = BaseHook.get_connection(portal_conn_id)
        self.resource_id = resource_id
        self.file_name = file_name
        self.upload_id = None
        self.part = 0

    def __enter__(self):
        begun = self.portal().call_action("cloudstorage_initiate_multipart", {"id": self.resource_id, "name": self.file_name})
        self.upload_id = begun.get("id")
        return self

    def __exit__(self, kind, fault, trace):
        ids = {"id": self.resource_id, "uploadId": self.upload_id}
        if kind:
            logging.error("%s: %s", kind.__name__, fault)
            self.portal().call_action("cloudstorage_abort_multipart", ids)
        else:
            self.portal().call_action("cloudstorage_finish_multipart", ids)
        return False

    def portal(self) -> RemoteCKAN:
        if not self._portal:
            self._portal = RemoteCKAN(f"{self.connection.conn_type}://{self.connection.host}", apikey=self.connection.password)
        return self._portal

    def resource_named(self, dataset: str, name: str):
        found = self.portal().call_action("package_show", {"id": dataset})
        return {one["name"]: one["id"] for one in found.get("resources", [])}.get(name)

    def put_part(self, file: StringIO):
        self.part += 1
        return self.portal().call_action(
            "cloudstorage_upload_multipart",
            {"id": self.resource_id, "uploadId": self.upload_id, "partNumber": str(self.part)},
            files={"upload": file},
        )
