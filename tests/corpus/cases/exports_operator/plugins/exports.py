import json

from airflow.models import BaseOperator
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.postgres.hooks.postgres import PostgresHook


class ExportOperator(BaseOperator):
    def __init__(
        self,
        bucket: str,
        folder: str,
        schema: str,
        until: str,
        table: str = None,
        postgres: str = "postgres_default",
        aws: str = "aws_default",
        *args,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.bucket = bucket
        self.folder = folder
        self.schema = schema
        self.until = until
        self.table = table
        self.postgres = postgres
        self.aws = aws

    def execute(self, context):
        hook = S3Hook(aws_conn_id=self.aws)
        if self.table is None:
            raise ValueError("which table")
        self.log.info("exporting %s to %s", self.table, self.bucket)
        schema = self._told(hook, f"{self.folder}/{self.schema}/{self.table}.json")
        parts = self._told(hook, f"{self.folder}/parts/{self.table}.json")
        names = ", ".join('"' + one["name"] + '"' for one in schema["columns"])
        for part in self._open_parts(parts):
            base = PostgresHook(postgres_conn_id=self.postgres, connect_timeout=300)
            keys = hook.list_keys(bucket_name=self.bucket, prefix=f"{self.folder}/{part}")
            if keys:
                hook.delete_objects(bucket=self.bucket, keys=keys)
            query = f"SELECT {names} FROM {part} {self._where(schema)}"
            base.run(f"SELECT * FROM aws_s3.query_export_to_s3('{query}', '{self.bucket}')")
            parts["exported"].append({"part": part, "until": self.until})
            hook.load_string(
                string_data=json.dumps(parts), key=f"{self.folder}/parts.json", bucket_name=self.bucket, replace=True
            )

    def _told(self, hook, key):
        return json.loads(hook.get_key(key, self.bucket).get()["Body"].read().decode("utf-8"))

    def _where(self, schema):
        column = schema["time_column"]
        for one in schema["columns"]:
            if one["name"] == column and one["type"] == "integer":
                return f"WHERE TO_TIMESTAMP({column})::DATE <= ''{self.until}''::DATE"
        return f"WHERE {column}::DATE <= ''{self.until}''::DATE" if column else ""

    @staticmethod
    def _open_parts(parts):
        done = {one["part"] for one in parts["exported"]}
        return [one["part"] for one in parts["active"] if one["part"] not in done]
