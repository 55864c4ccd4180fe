import configparser
import os
from datetime import datetime

import boto3
import pyspark.sql.functions as F
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import IntegerType, StringType, StructField, StructType

config = configparser.ConfigParser()
config.read("orders.cfg")
os.environ["AWS_REGION"] = config.get("aws", "region", fallback="eu-west-1")

SCHEMA = StructType([StructField("id", StringType()), StructField("rooms", IntegerType())])


def session(name="orders"):
    return (
        SparkSession.builder.appName(name)
        .config("spark.jars.packages", "org.apache.hadoop:hadoop-aws:3.3.4")
        .getOrCreate()
    )


def read(spark, where):
    return spark.read.schema(SCHEMA).parquet(os.path.join(where, "orders.parquet"))


def busy(orders):
    return orders.where(F.col("rooms") > 2).withColumn("month", F.month("day"))


def part_of_day(hour):
    return "night" if hour < 6 else "day"


as_part = F.udf(part_of_day, StringType())


def with_part(orders):
    return orders.withColumn("part", as_part(F.hour("day")))


def write(orders, out):
    orders.write.mode("overwrite").partitionBy("month").parquet(out)


def sample(orders, share=0.01):
    return orders.sample(share).toPandas()


def mean_rooms(table):
    return table["rooms"].mean()


def rows(orders: DataFrame) -> int:
    return orders.count()


def tell(bucket, key, number):
    body = f"{datetime.now():%F} {number}"
    boto3.client("s3", region_name=os.environ["AWS_REGION"]).put_object(Bucket=bucket, Key=key, Body=body)


def main():
    spark = session()
    orders = with_part(busy(read(spark, "s3a://orders/raw")))
    write(orders, "s3a://orders/clean")
    print(mean_rooms(sample(orders)))
    tell("orders", "last.txt", rows(orders))
    spark.stop()


if __name__ == "__main__":
    main()
