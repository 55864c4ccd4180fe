import configparser
import datetime
import os
from io import BytesIO

import boto3
import snowflake.connector
from pyspark.sql import SparkSession
from pyspark.sql.functions import col
from snowflake.connector import ProgrammingError

os.environ["PYSPARK_SUBMIT_ARGS"] = "--jars jars/mysql.jar pyspark-shell"

conf = configparser.ConfigParser()
conf.read("pipeline.conf")


def session():
    return SparkSession.builder.master("local[*]").appName("orders").getOrCreate()


def warehouse():
    return snowflake.connector.connect(
        user=conf.get("snowflake", "user"), password=conf.get("snowflake", "password"), schema="bronze"
    )


def last_loaded(table):
    cursor = warehouse().cursor()
    try:
        cursor.execute(f"select max(created_at) from {table}")
        return cursor.fetchone()[0]
    except ProgrammingError as fault:
        print(fault.msg)
        return datetime.datetime(1970, 1, 1)
    finally:
        cursor.close()


def changed(spark, table, since):
    return (
        spark.read.format("jdbc")
        .option("url", "jdbc:mysql://localhost:3306/shop")
        .option("query", f"select * from {table} where updated_at > '{since:%Y-%m-%d}'")
        .load()
    )


def with_texts(frame):
    for name in ("created_at", "updated_at"):
        frame = frame.withColumn(name, col(name).cast("string"))
    return frame


def upload(frame, key):
    buffer = BytesIO()
    frame.toPandas().to_parquet(buffer, engine="auto", compression="snappy")
    boto3.resource("s3").Object(conf.get("aws", "bucket"), key).put(Body=buffer.getvalue())


def main():
    spark = session()
    for table in ("users", "orders"):
        rows = with_texts(changed(spark, table, last_loaded(table)))
        if rows.count() > 0:
            upload(rows, f"{table}/{datetime.date.today()}.parquet")


if __name__ == "__main__":
    main()
