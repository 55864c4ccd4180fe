import uuid
from datetime import datetime

import pandas as pd
from airflow.decorators import dag, task
from airflow.models import Param
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from orca.services.nextflowtower import NextflowTowerHook
from orca.services.nextflowtower.models import LaunchInfo
from orca.services.synapse import SynapseHook

RUN = uuid.uuid4()
BUCKET = "contest-scratch"
FILE = f"entries_{RUN}.csv"

settings = {
    "synapse": Param("SYNAPSE", type="string"),
    "aws": Param("AWS", type="string"),
    "tower": Param("TOWER", type="string"),
    "view": Param("syn1", type="string"),
}


@dag(schedule_interval="*/5 * * * *", start_date=datetime(2024, 1, 1), catchup=False, params=settings)
def contest():
    @task
    def new_entries(**context):
        hook = SynapseHook(context["params"]["synapse"])
        return hook.ops.get_submissions_with_status(context["params"]["view"], "RECEIVED")

    @task.branch()
    def marked(entries: list, **context):
        hook = SynapseHook(context["params"]["synapse"])
        for entry in entries:
            hook.ops.update_submission_status(submission_id=entry, submission_status="IN_PROGRESS")
        return "manifest" if entries else "stop"

    @task()
    def stop():
        pass

    @task()
    def manifest(entries: list, **context):
        hook = S3Hook(aws_conn_id=context["params"]["aws"], region_name="us-east-1")
        pd.DataFrame({"entry": entries}).to_csv(FILE, index=False)
        hook.load_file(filename=FILE, key=f"contest/{FILE}", bucket_name=BUCKET)
        return f"s3://{BUCKET}/contest/{FILE}"

    @task()
    def launched(where: str, **context):
        hook = NextflowTowerHook(context["params"]["tower"])
        info = LaunchInfo(run_name=f"contest_{RUN}", pipeline="contest/nf", revision="main", params={"manifest": where})
        return hook.ops.launch_workflow(info, "spot")

    @task.sensor(poke_interval=60, timeout=3600, mode="reschedule")
    def done(run: str, **context):
        hook = NextflowTowerHook(context["params"]["tower"])
        return hook.ops.get_workflow(run).status.is_done

    entries = new_entries()
    choice = marked(entries=entries)
    end = stop()
    where = manifest(entries=entries)
    run = launched(where=where)
    entries >> choice >> [end, where]
    where >> run >> done(run=run)


contest()
