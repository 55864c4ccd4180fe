import json
import os
import re
from pathlib import Path

import networkx as nx
import pendulum
from airflow.decorators import dag, task, task_group
from airflow.models import Variable
from airflow.providers.google.cloud.hooks import bigquery
from airflow.providers.google.cloud.operators.pubsub import PubSubPublishMessageOperator

os.environ["no_proxy"] = "*"

ORDER = Path(__file__).parent / "order.json"


def graph_of_order():
    with open(ORDER) as file:
        order = json.load(file)
    graph = nx.DiGraph()
    for name, details in order.items():
        for before in details.get("after", []):
            graph.add_edge(before, name)
    return graph


def put_in_order(tasks):
    graph = graph_of_order()
    for before, name in graph.edges:
        if before in tasks and name in tasks:
            tasks[before] >> tasks[name]


@dag(schedule=None, start_date=pendulum.datetime(2023, 2, 1, tz="UTC"))
def views():
    project = Variable.get("project")
    staging = Variable.get("staging")
    known = Variable.get("views", deserialize_json=True)

    @task_group()
    def all_views():
        groups = {}
        for view in known:
            name = view["name"]

            @task(task_id=f"build_{name}")
            def build(name):
                copy = f"mv_{re.match('v_(.+)', name)[1]}"
                hook = bigquery.BigQueryHook(gcp_conn_id="views", use_legacy_sql=False)
                hook.run_query(f"select * from `{project}.{name}`", destination_dataset_table=f"{staging}.{copy}")

            @task(task_id=f"count_{name}")
            def count(name):
                hook = bigquery.BigQueryHook(gcp_conn_id="views", use_legacy_sql=False)
                table = hook.get_pandas_df(f"select count(*) as n from `{project}.{name}`")
                return int(table["n"].iloc[0])

            @task_group(group_id=f"update_{name}")
            def update(name):
                build(name) >> count(name)

            groups[name] = update(name)
        put_in_order(groups)

    done = PubSubPublishMessageOperator(task_id="done", project_id=project, topic="views", messages=[{"data": b"done"}])
    all_views() >> done


flow = views()
