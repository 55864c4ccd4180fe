import os
from typing import Any, Optional

from dotenv import load_dotenv

load_dotenv()

import dlt
from dlt.common.pendulum import pendulum
from dlt.sources.filesystem import filesystem, read_csv_duckdb, read_parquet
from dlt.sources.rest_api import RESTAPIConfig, rest_api_resources
from dlt.sources.sql_database import sql_database


@dlt.source(name="traces")
def traces_source(token: str = os.getenv("TOKEN"), base: str = dlt.config.value, since: Optional[str] = None) -> Any:
    if since is None:
        since = pendulum.now("UTC").subtract(days=30).to_iso8601_string()
    config: RESTAPIConfig = {
        "client": {"base_url": base, "auth": {"type": "bearer", "token": token}},
        "resources": [{"name": "traces", "endpoint": {"path": "v2/query", "json": {"since": since}}}],
    }
    yield from rest_api_resources(config)


def load_traces() -> None:
    pipeline = dlt.pipeline(pipeline_name="traces", destination="duckdb", dataset_name="agents")
    print(pipeline.run(traces_source()))


def load_files():
    files = filesystem(bucket_url="s3://traces/raw", file_glob="**/*.parquet") | read_parquet()
    pipeline = dlt.pipeline("files", destination=dlt.destinations.filesystem("gs://traces/lake"), dataset_name="raw")
    return pipeline.run(files.with_name("raw"), table_format="delta")


def load_csvs():
    files = filesystem(bucket_url="data", file_glob="*.csv") | read_csv_duckdb()
    return dlt.pipeline("csvs", destination="postgres", dataset_name="csvs").run(files.with_name("csvs"))


def load_tables():
    source = sql_database("mysql+pymysql://reader@db/shop", backend="pyarrow").with_resources("orders")
    return dlt.pipeline("shop", destination="snowflake", dataset_name="shop").run(source, write_disposition="merge")


def counted():
    pipeline = dlt.attach("traces")
    with pipeline.sql_client() as client, client.execute_query("SELECT * FROM traces") as cursor:
        return cursor.df().shape


def frame():
    return dlt.pipeline("traces", destination="duckdb", dataset_name="agents").dataset().traces.arrow()


if __name__ == "__main__":
    load_traces()
