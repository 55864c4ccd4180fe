import os

import psycopg2
import pyodbc
from dagster import ConfigurableResource, resource
from dotenv import load_dotenv

load_dotenv()


@resource
def sqlserver(context):
    return pyodbc.connect(
        "DRIVER={ODBC Driver 17 for SQL Server};"
        f"SERVER={os.getenv('SQL_HOST')};DATABASE={os.getenv('SQL_NAME')};UID={os.getenv('SQL_USER')}"
    )


@resource(config_schema={"host": str})
def postgres(context):
    connection = psycopg2.connect(host=context.resource_config["host"], dbname="payments")
    try:
        yield connection
    finally:
        connection.close()


class Mail(ConfigurableResource):
    host: str = "mail"

    def send(self, subject: str, text: str) -> None:
        import smtplib

        with smtplib.SMTP(self.host) as server:
            server.sendmail("payments@example.org", ["ops@example.org"], f"Subject: {subject}\n\n{text}")
