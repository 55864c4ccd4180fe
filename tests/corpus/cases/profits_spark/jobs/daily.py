from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from profits.earning import profit, trips  # noqa: E402
from profits.settings import settings  # noqa: E402
from profits.sinks import store  # noqa: E402

COSTS = StructType([StructField("car", StringType(), False), StructField("fuel", DoubleType(), True)])


def session() -> SparkSession:
    return SparkSession.builder.appName("profits").config("spark.sql.shuffle.partitions", "4").getOrCreate()


def costs_of(spark, path):
    frame = spark.read.option("header", True).schema(COSTS).csv(str(path))
    return frame.withColumn("fuel", F.coalesce(F.col("fuel"), F.lit(0.0)))


def silver(spark, day):
    frame = spark.read.format("jdbc").option("url", settings.jdbc).option("dbtable", "silver").load()
    return frame.filter(F.to_date(F.col("at")) == F.lit(day.isoformat()))


def joined(spark, path, day):
    rows = costs_of(spark, path).join(trips(silver(spark, day)), on="car", how="left").na.fill({"earned": 0.0}).collect()
    return [{"car": row["car"], "profit": profit(row["earned"] or 0.0, row["fuel"] or 0.0)[0]} for row in rows]


def cleared(day):
    with store() as connection, connection.cursor() as cursor:
        cursor.execute("delete from profits where day = %s", (day,))
        connection.commit()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--day", default=settings.day)
    day = date.fromisoformat(parser.parse_args().day)
    spark = session()
    rows = joined(spark, "costs.csv", day)
    cleared(day)
    spark.createDataFrame(rows).write.format("jdbc").option("url", settings.jdbc).mode("append").save()
    spark.createDataFrame(rows).toPandas().to_html("profits.html")


if __name__ == "__main__":
    main()
