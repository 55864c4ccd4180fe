import uuid
from contextlib import contextmanager
from datetime import datetime, timezone

import sqlglot
from openlineage.client import OpenLineageClient
from openlineage.client.run import Dataset, Job, Run, RunEvent, RunState
from sqlglot import exp


def tables_in(sql: str) -> list[str]:
    return sorted({table.sql() for table in sqlglot.parse_one(sql, read="athena").find_all(exp.Table)})


def columns_in(sql):
    return [column.alias_or_name for column in sqlglot.parse_one(sql).selects]


def client(url="http://localhost:5000"):
    return OpenLineageClient(url=url)


def event(state, job, run, inputs=()):
    return RunEvent(
        eventType=state,
        eventTime=datetime.now(timezone.utc).isoformat(),
        run=Run(runId=run),
        job=Job(namespace="rides", name=job),
        producer="rides",
        inputs=[Dataset(namespace="athena", name=name) for name in inputs],
    )


@contextmanager
def told(job, sql):
    run = str(uuid.uuid4())
    client().emit(event(RunState.START, job, run, tables_in(sql)))
    try:
        yield run
        client().emit(event(RunState.COMPLETE, job, run))
    except Exception:
        client().emit(event(RunState.FAIL, job, run))
        raise
