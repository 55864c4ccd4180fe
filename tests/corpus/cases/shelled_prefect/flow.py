from datetime import timedelta

from prefect import flow, task
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.deployments import Deployment
from prefect_shell import ShellOperation


@task
def extract():
    return ShellOperation(commands=["python extract.py"], return_all=True).run()


@task
def transform():
    return ShellOperation(commands=["python transform.py"], return_all=True).run()


@task
def train():
    return ShellOperation(commands=["python train.py"], return_all=True).run()


@flow(name="Incomes", log_prints=True)
def incomes():
    print("begins")
    extract()
    transform()
    train()
    print("ends")


schedule = IntervalSchedule(interval=timedelta(days=7))
deployment = Deployment.build_from_flow(flow=incomes, name="weekly", schedule=schedule)

if __name__ == "__main__":
    deployment.apply()
    incomes()
