import logging
import os
import uuid
from datetime import datetime, timedelta, timezone

import coiled
import dask.dataframe as dd
from distributed import get_client
from prefect import flow, get_run_logger, task
from prefect.blocks.system import Secret
from prefect.exceptions import FailedRun
from prefect_aws import AwsCredentials
from prefect_dask import DaskTaskRunner
from s3fs import S3FileSystem

os.environ["DASK_COILED__TOKEN"] = Secret.load("coiled").get()

log = logging.getLogger()
log.setLevel(logging.INFO)


@task
def cleaned(files, login):
    log = get_run_logger()
    try:
        with get_client():
            rides = dd.read_parquet(files)
            rides["fee"] = rides["fee"].astype(str)
            rides = rides.repartition(partition_size="96MB")
            log.info("writing")
            dd.to_parquet(
                rides,
                "s3://rides-lake/clean/rides.parquet",
                storage_options={
                    "key": login.aws_access_key_id,
                    "secret": login.aws_secret_access_key.get_secret_value(),
                },
                name_function=lambda part: f"rides_{uuid.uuid1(clock_seq=int(part))}.parquet",
            )
    except Exception:
        raise FailedRun


@task
def told(what):
    get_run_logger().info(what)


@flow(
    name="clean-rides",
    task_runner=DaskTaskRunner(
        cluster_class="coiled.Cluster",
        cluster_kwargs={"n_workers": 4, "name": f"rides-{uuid.uuid1()}", "package_sync": True},
    ),
)
def clean(files):
    login = AwsCredentials.load("lake")
    return cleaned.submit(files, login).result()


@flow(name="new-rides")
def new_rides(intent: str):
    if intent == "all":
        files = "s3://rides-raw/rides_*.parquet"
    else:
        store = S3FileSystem()
        since = datetime.now(timezone.utc) - timedelta(days=7)
        found = store.glob("s3://rides-raw/rides_*.parquet", detail=True)
        files = [f"s3://{one['Key']}" for _, one in found.items() if one["LastModified"] > since]
    if files:
        told.submit(len(files))
        clean(files)


if __name__ == "__main__":
    new_rides(intent="new")
