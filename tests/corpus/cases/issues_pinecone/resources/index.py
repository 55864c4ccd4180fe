from typing import Any, Optional

from dagster import ConfigurableResource, InitResourceContext
from pinecone import Pinecone, ServerlessSpec
from pydantic import Field, PrivateAttr


class Vectors(ConfigurableResource):
    api_key: str = Field(description="key of the index")
    region: str = "us-east-1"
    _client: Pinecone = PrivateAttr()

    def setup_for_execution(self, context: InitResourceContext) -> None:
        self._client = Pinecone(api_key=self.api_key)

    def made(self, name: str, dimension: int) -> None:
        if name not in [one.name for one in self._client.list_indexes()]:
            self._client.create_index(name, dimension=dimension, spec=ServerlessSpec(cloud="aws", region=self.region))

    def index(self, name: str, namespace: Optional[str] = None) -> tuple[Any, dict[str, Any]]:
        return self._client.Index(name), ({"namespace": namespace} if namespace else {})
