import os
from datetime import datetime

import polars as pl
from dagster import In, Nothing, op


@op(required_resource_keys={"sqlserver", "postgres"})
def read_advice(context):
    path = "./files/advice_20241024.txt"
    name = os.path.basename(path)
    connection = context.resources.sqlserver
    if is_read(connection, name):
        context.log.info(f"{name} is read")
        return None
    if not os.path.exists(path):
        context.log.error(f"no {path}")
        return None
    with open(path) as file:
        text = file.read()
    rows = [line.split("|") for line in text.strip().split("\n") if line.startswith("1")]
    note(connection, name, text)
    for row in rows:
        if len(row) != 6:
            context.log.error(f"skipped: {row}")
            continue
        put(context, connection, row)
    connection.commit()


@op(required_resource_keys={"postgres"}, ins={"start": In(Nothing)})
def summed(context):
    with context.resources.postgres.cursor() as cursor:
        cursor.execute("SELECT status, count(*) FROM advice GROUP BY status")
        rows = cursor.fetchall()
    frame = pl.DataFrame(rows, schema=["status", "count"], orient="row")
    frame.write_excel("summary.xlsx")
    return frame.height


@op(required_resource_keys={"mail"}, ins={"start": In(Nothing)})
def told(context):
    context.resources.mail.send("payments", "all read")


def is_read(connection, name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM outbound WHERE name = ? AND status = 'Read'", (name,))
        return cursor.fetchone() is not None


def note(connection, name, text):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO outbound (name, text, status) VALUES (?, ?, 'Read')", (name, text))
        connection.commit()


def put(context, connection, row):
    _, company, advice, status, message, pad = row
    try:
        if status == "PRINTED" and message == "SUCCESS":
            change(connection, advice, day_in(pad, "CLD"), "cleared")
        elif status == "PAID":
            change(connection, advice, day_in(pad, "COD"), "collected")
    except ValueError as error:
        context.log.error(f"{pad}: {error}")


def day_in(pad, prefix):
    for part in pad.split(";"):
        if part.startswith(f"{prefix}-"):
            return datetime.strptime(part.split("-")[-1], "%y%m%d").strftime("%Y%m%d")
    return None


def change(connection, advice, day, field):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE advice SET {field} = ? WHERE name = ?", (day, advice))
