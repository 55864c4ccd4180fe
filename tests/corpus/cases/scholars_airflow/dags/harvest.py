"""All papers of all scholars, once a week."""

import datetime
import logging

from airflow.models import Param, Variable
from airflow.sdk import dag, get_current_context, task, task_group

from scholars.harvest import dimensions
from scholars.schema import Harvest
from scholars.told import defaults

limit = None
try:
    limit = int(Variable.get("limit", default_var=None))
except TypeError:
    pass
except ValueError:
    pass

if limit:
    logging.warning(f"no more than {limit}")


@dag(
    schedule="@weekly",
    start_date=datetime.datetime(2024, 1, 1),
    catchup=False,
    default_args=defaults(),
    params={"all": Param(False, type="boolean", title="All of them")},
)
def harvest_papers():
    @task()
    def begin():
        context = get_current_context()
        if context["params"]["all"]:
            logging.info("all of them")
        return Harvest.begin().id

    @task()
    def dimensions_papers(number):
        dimensions.harvest(number, limit=limit)

    @task()
    def fill_in_dimensions(number):
        dimensions.fill_in(number)

    @task_group()
    def fill_in(number):
        fill_in_dimensions(number)

    @task()
    def end(number):
        one = Harvest.by_id(number)
        one.end()

    number = begin()
    dimensions_papers(number) >> fill_in(number) >> end(number)


harvest_papers()
