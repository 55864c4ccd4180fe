import io

import dagster as dg
import pandas as pd
import requests

from marks.storing import Archive, Tables

days = dg.DailyPartitionsDefinition(start_date="2024-01-01")


@dg.asset(partitions_def=days)
def raw_marks(context: dg.AssetExecutionContext) -> pd.DataFrame:
    answer = requests.get(f"https://marks.example.org/{context.partition_key}.csv", timeout=30)
    return pd.read_csv(io.StringIO(answer.text))


@dg.asset(partitions_def=days)
def marks(raw_marks: pd.DataFrame) -> pd.DataFrame:
    return raw_marks.dropna().groupby("school", as_index=False)["mark"].mean()


@dg.asset_check(asset=marks)
def has_marks(marks: pd.DataFrame) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=bool(len(marks)), metadata={"rows": len(marks)})


@dg.asset(deps=[marks])
def report(archive: Archive) -> dg.MaterializeResult:
    table = archive.latest("marks.marks")
    return dg.MaterializeResult(metadata={"preview": dg.MetadataValue.md(table.to_pandas().to_markdown())})


@dg.sensor(job_name="marks_job")
def new_files(context):
    import paramiko

    with paramiko.Transport(("files", 22)) as transport:
        files = paramiko.SFTPClient.from_transport(transport).listdir("/marks")
    for one in files:
        yield dg.RunRequest(run_key=one)


defs = dg.Definitions(
    assets=[raw_marks, marks, report],
    asset_checks=[has_marks],
    sensors=[new_files],
    resources={"io_manager": Tables(namespace="marks"), "archive": Archive()},
)
