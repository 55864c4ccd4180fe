from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def trips(frame: DataFrame) -> DataFrame:
    return frame.groupBy("car").agg(F.sum("fare").alias("earned"), F.count("*").alias("trips"))


def profit(earned, fuel):
    return earned - fuel, earned < fuel
