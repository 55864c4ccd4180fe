import base64
import concurrent.futures
import json
import logging
import os
import subprocess
from urllib.parse import urlparse

import boto3
import geopandas as gpd
import psycopg2
import smart_open
import sqlalchemy
from geoalchemy2 import Geometry
from shapely import wkb
from sqlalchemy import Column, MetaData, Table, create_engine, inspect
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION, INTEGER, VARCHAR


def download(uri: str, role=None):
    session = boto3.Session()
    if role:
        keys = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="ingest")["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    parts = urlparse(uri)
    path = os.path.join("/tmp", os.path.basename(parts.path))
    session.client("s3").download_file(parts.netloc, parts.path[1:], path)
    logging.info("have %s", path)
    return path


def address(secret: dict, as_uri: bool = False) -> str:
    if as_uri:
        return f"postgresql://{secret['user']}:{secret['password']}@{secret['host']}:5432/{secret['db']}"
    return f"PG:host={secret['host']} dbname={secret['db']} user={secret['user']}"


def columns_of(shapes, srid):
    kinds = {"int64": INTEGER, "float64": DOUBLE_PRECISION}
    columns = []
    for name, dtype in zip(shapes.columns, shapes.dtypes):
        if str(dtype) == "geometry":
            columns.append(Column(name, Geometry(geometry_type="GEOMETRY", srid=srid)))
        else:
            columns.append(Column(name, kinds.get(str(dtype), VARCHAR)))
    return columns


def ensure_table(metadata: MetaData, path: str, srid: int, table: str):
    columns = columns_of(gpd.read_file(path), srid)
    engine = metadata.bind
    try:
        Table(table, metadata, autoload_with=engine)
    except sqlalchemy.exc.NoSuchTableError:
        Table(table, metadata, *columns)
        metadata.create_all(engine)
    known = {column["name"] for column in inspect(engine).get_columns(table)}
    return [column.name for column in columns if column.name not in known]


def upsert(engine, path: str, srid: int, table: str, size: int = 5000):
    shapes = gpd.read_file(path)
    shapes["geometry"] = shapes["geometry"].apply(lambda shape: wkb.dumps(shape, hex=True))

    def put(batch):
        with engine.begin() as connection:
            for row in batch.to_dict(orient="records"):
                connection.execute(sqlalchemy.text(f"insert into {table} values (:{', :'.join(row)})"), row)

    batches = [shapes.iloc[i : i + size] for i in range(0, len(shapes), size)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=20) as pool:
        pool.map(put, batches)


def secret_of(name: str, region: str = "eu-west-1"):
    client = boto3.session.Session(region_name=region).client("secretsmanager")
    answer = client.get_secret_value(SecretId=name)
    if "SecretString" in answer:
        return json.loads(answer["SecretString"])
    return json.loads(base64.b64decode(answer["SecretBinary"]))


def by_ogr(path: str, collection: str, secret: str, flags: list):
    where = address(secret_of(secret))
    done = subprocess.run(
        ["ogr2ogr", "-f", "PostgreSQL", where, path, "-nln", collection, *flags],
        check=False,
        capture_output=True,
    )
    return {"status": "success" if done.returncode == 0 else "failure"}


def by_table(path: str, collection: str, secret: str, srid: int = 4326):
    engine = create_engine(address(secret_of(secret), as_uri=True))
    metadata = MetaData()
    metadata.bind = engine
    ensure_table(metadata, path, srid, collection)
    upsert(engine, path, srid, collection)
    return {"status": "success"}


def add_index(collection: str, secret: str):
    keys = secret_of(secret)
    connection = psycopg2.connect(host=keys["host"], dbname=keys["db"], user=keys["user"])
    connection.cursor().execute(f"create index on {collection} (t)")
    connection.commit()


def handler(event: dict, secret: str, role=None):
    with smart_open.open(event["payload"], "r") as file:
        items = json.loads(file.read())["items"]
    results = []
    for item in items:
        path = download(item["href"], role)
        if item["prefix"].startswith("fires/"):
            results.append(by_table(path, item["collection"], secret))
            add_index(item["collection"], secret)
        else:
            results.append(by_ogr(path, item["collection"], secret, ["-overwrite"]))
        os.remove(path)
    return results
