import boto3
from dagster import ConfigurableResource


class Minio(ConfigurableResource):
    url: str
    bucket: str = "fields"

    def client(self):
        return boto3.client("s3", endpoint_url=self.url)
