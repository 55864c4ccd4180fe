from typing import Any, Dict, Optional

import awswrangler as wr
import pandas as pd
from jinja2 import DebugUndefined, Template


def filled(text: str, values: dict[str, Any]) -> str:
    return Template(text, undefined=DebugUndefined).render(values)


def output_of(bucket: str) -> str:
    return f"s3://{bucket}/athena/"


def query(sql: str, database: str, bucket: str, values: Optional[Dict[str, Any]] = None) -> pd.DataFrame:
    if values is not None:
        sql = filled(sql, values)
    return wr.athena.read_sql_query(sql=sql, database=database, s3_output=output_of(bucket))


def execute(sql: str, database: str, bucket: str, values: Optional[Dict[str, Any]] = None) -> str:
    if values is not None:
        sql = filled(sql, values)
    answer = wr.athena.start_query_execution(sql=sql, database=database, s3_output=output_of(bucket), wait=True)
    state = answer["Status"]["State"]
    if state != "SUCCEEDED":
        raise RuntimeError(answer["Status"].get("StateChangeReason", state))
    return answer["QueryExecutionId"]


def put(frame, table, database, bucket):
    return wr.athena.to_iceberg(df=frame, database=database, table=table, temp_path=output_of(bucket))
