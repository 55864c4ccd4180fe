from adlfs import AzureBlobFileSystem
from azure.identity import DefaultAzureCredential
from deltalake import DeltaTable

from lakes.base import Retriever


class AzureRetriever(Retriever):
    def options(self):
        token = DefaultAzureCredential().get_token("https://storage.azure.com/.default").token
        return {"account_name": self.root, "bearer_token": token}

    def schema(self):
        table = DeltaTable(f"abfss://{self.folder}@{self.root}.dfs.core.windows.net/", storage_options=self.options())
        return [{"name": field.name, "type": str(field.type)} for field in table.schema().fields]

    def sizes(self):
        files = AzureBlobFileSystem(account_name=self.root, anon=False)
        return {path: files.size(path) for path in files.find(self.folder)}
