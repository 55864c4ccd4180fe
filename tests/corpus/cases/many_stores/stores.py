import ftplib
import io
import os
from contextlib import closing

import paramiko
import pymongo
import snowflake.connector
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient
from cassandra.cluster import Cluster
from clickhouse_driver import Client as ClickHouse
from databricks import sql as databricks
from elasticsearch import Elasticsearch, helpers
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build
from minio import Minio
from neo4j import GraphDatabase
from pyairtable import Api
from simple_salesforce import Salesforce
from snowflake.connector.pandas_tools import write_pandas
from trino.dbapi import connect as trino

MONGO = "mongodb+srv://reader@cluster.example.org/"
_mongo = None


def mongo():
    global _mongo
    if _mongo is None:
        _mongo = pymongo.MongoClient(MONGO)
    return _mongo


def notes(name="notes"):
    return list(mongo()["app"][name].find({}, {"_id": 0}))


def warehouse():
    return snowflake.connector.connect(account=os.environ["SNOW"], user="loader")


def to_warehouse(frame, table):
    with closing(warehouse()) as connection:
        write_pandas(connection, frame, table)


def warehouse_frame(query):
    with closing(warehouse()) as connection:
        return connection.cursor().execute(query).fetch_pandas_all()


def blobs(account, container):
    service = BlobServiceClient(f"https://{account}.blob.core.windows.net", DefaultAzureCredential())
    return [blob.name for blob in service.get_container_client(container).list_blobs()]


def blob_frame(name):
    import pandas as pd

    return pd.read_parquet(f"abfs://raw/{name}", storage_options={"anon": False})


def lakehouse(query):
    with databricks.connect(server_hostname=os.environ["DBX"], http_path="/sql") as connection:
        with connection.cursor() as cursor:
            return cursor.execute(query).fetchall()


def index(rows, name):
    client = Elasticsearch(os.environ["ELASTIC"])
    return helpers.bulk(client, ({"_index": name, "_source": row} for row in rows))


def by_sftp(host, path):
    with paramiko.Transport((host, 22)) as transport:
        transport.connect(username="reader")
        with paramiko.SFTPClient.from_transport(transport) as sftp, sftp.open(path) as file:
            return file.read()


def by_ftp(host, name):
    buffer = io.BytesIO()
    with ftplib.FTP(host) as ftp:
        ftp.login()
        ftp.retrbinary(f"RETR {name}", buffer.write)
    return buffer.getvalue()


def drive(folder, key="key.json"):
    service = build("drive", "v3", credentials=Credentials.from_service_account_file(key))
    return service.files().list(q=f"'{folder}' in parents").execute()["files"]


def upload(bucket, path):
    Minio("play.example.org").fput_object(bucket, os.path.basename(path), path)


def contacts():
    return Salesforce(username="u", password="p", security_token="t").query("select Id from Contact")


def base(key, name):
    return Api(os.environ["AIRTABLE"]).table(key, name).all()


def graph(query):
    with GraphDatabase.driver("neo4j://graph") as driver:
        return driver.execute_query(query).records


def columns(query):
    return ClickHouse("columns").execute(query)


def wide(query):
    return list(Cluster(["wide"]).connect("wide").execute(query))


def federated(query):
    cursor = trino(host="federated", user="reader").cursor()
    cursor.execute(query)
    return cursor.fetchall()


SOURCES = {"notes": notes, "contacts": contacts}


def any_of(name):
    return SOURCES[name]()


def all_of():
    return {name: source() for name, source in SOURCES.items()}


def picked():
    return SOURCES["contacts"]()
