import asyncio

from prefect import flow, get_run_logger
from prefect.client.orchestration import get_client
from prefect_dbt.cli.commands import DbtCoreOperation
from prefect_slack.credentials import SlackWebhook

from desk.tasks import extracted, newest, to_big, to_postgres, to_snow

TABLES = ["campaigns", "visits"]
TARGETS = {"snow": to_snow, "postgres": to_postgres}


@flow
def loaded(target: str = "snow"):
    put = TARGETS[target]
    for name in TABLES:
        put(extracted(name), name)


@flow
def mirrored():
    for name in TABLES:
        to_big(extracted(name), f"raw.{name}")


@flow
def checked():
    log = get_run_logger()
    for name in TABLES:
        log.info("%s up to %s", name, newest(name))


@flow
def transformed(folder: str = "dbt"):
    result = DbtCoreOperation(commands=["dbt build"], project_dir=folder).run()
    SlackWebhook.load("alerts").notify(body=f"dbt: {result}")


async def cleared(days):
    async with get_client() as client:
        for run in await client.read_flow_runs():
            if run.start_time and run.total_run_time.days > days:
                await client.delete_flow_run(run.id)


def main():
    loaded("postgres")
    transformed()
    asyncio.run(cleared(30))


if __name__ == "__main__":
    main()
