"""Features of customers for a model of who takes an offered loan; frames of Spark in, frames of Spark out."""

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.window import Window
from scipy.stats import skew


def offer_features(offers: DataFrame, today: str = "2024-05-31") -> DataFrame:
    by_person = Window.partitionBy("PERSON")
    by_day = Window.partitionBy("PERSON").orderBy("DAY")
    offers = offers.withColumn(
        "REFUSED", F.count(F.when(F.col("OUTCOME") == "Refused", 1)).over(by_person)
    ).withColumn("PAUSE", F.datediff(F.col("DAY"), F.lag("DAY").over(by_day)))
    offers = offers.groupBy("PERSON").agg(
        F.count("*").alias("OFFERS"),
        F.avg("PAUSE").alias("PAUSE_ON_AVERAGE"),
        F.max("DAY").alias("LAST"),
    )
    return offers.withColumn("DAYS_SINCE", F.datediff(F.lit(today), F.col("LAST"))).drop("LAST")


def payment_features(payments: DataFrame, people: DataFrame, level: str = "MONTH") -> DataFrame:
    payments = (
        payments.join(people, on="PERSON", how="full")
        .withColumn("MONTH", F.date_format("DAY", "MM"))
        .withColumn("WEEK", F.weekofyear("DAY"))
    )
    periods = payments.groupBy("PERSON", level, "AGE", "INCOME").agg(
        F.sum(F.when(F.col("AMOUNT") < 0, 1).otherwise(0)).alias("SPENDINGS"),
        F.avg(F.when(F.col("AMOUNT") > 0, F.col("AMOUNT")).otherwise(F.lit(None))).alias("EARNED"),
    )
    periods = periods.withColumn(
        "MORE", F.when(F.col("EARNED") > F.col("INCOME"), F.col("EARNED") - F.col("INCOME")).otherwise(0)
    )
    return periods.groupBy("PERSON", "AGE", "INCOME").agg(
        F.avg("SPENDINGS").alias("SPENDINGS"), F.stddev("EARNED").alias("EARNED_SPREAD"), F.sum("MORE").alias("MORE")
    ).fillna(0)


def together(payments: DataFrame, offers: DataFrame) -> DataFrame:
    return payments.join(offers, on="PERSON", how="outer").fillna(0)


def encoded(frame: DataFrame) -> DataFrame:
    return frame.withColumn("MEMBER", F.when(F.col("MEMBER") == "Y", 1).otherwise(0))


def without_twins(frame: DataFrame, most: float = 0.85) -> DataFrame:
    spark = frame.sparkSession
    local = frame.toPandas()
    features = [column for column in local.columns if column not in ("PERSON", "TAKEN")]
    likeness = local[features].corr().abs()
    upper = likeness.where(np.triu(np.ones(likeness.shape), k=1).astype(bool))
    twins = [column for column in upper.columns for row in upper.index if upper.loc[row, column] > most]
    print(f"{len(twins)} twins")
    return spark.createDataFrame(local.drop(columns=twins))


def evened(frame: DataFrame) -> DataFrame:
    spark = frame.sparkSession
    local = frame.toPandas()
    for column in local.select_dtypes(include=["float64", "int64"]).columns:
        if column in ("PERSON", "TAKEN", "AGE"):
            continue
        lean = skew(local[column].dropna())
        if lean > 1:
            local[column] = np.log1p(local[column].clip(lower=0))
        elif 0.5 < lean <= 1:
            local[column] = np.sqrt(local[column].clip(lower=0))
        elif lean < -1:
            local[column] = np.log1p(local[column].max() - local[column])
        print(f"{column}: {lean:.2f}")
    return spark.createDataFrame(local)
