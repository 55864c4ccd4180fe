import gcsfs
import pyarrow.dataset as ds

from lakes.base import Retriever


class GoogleRetriever(Retriever):
    def files(self):
        return gcsfs.GCSFileSystem(token=self.account)

    def schema(self):
        dataset = ds.dataset(self.place, filesystem=self.files(), format="parquet", partitioning="hive")
        return [{"name": field.name, "type": str(field.type)} for field in dataset.schema]

    def partitions(self):
        files = self.files()
        inside = ds.dataset(self.place, filesystem=files, format="parquet", partitioning=None).schema
        split = ds.dataset(self.place, filesystem=files, format="parquet", partitioning="hive").partitioning
        return [one.name for one in split.schema if one.name not in inside.names]
