import numpy as np
import pandas as pd
from pyspark.ml.feature import StringIndexer, VectorAssembler
from pyspark.sql import functions as F
from pyspark.sql.functions import pandas_udf
from pyspark.sql.types import FloatType, IntegerType, StructField, StructType

LIMITS = {"low": 70, "high": 180}


class Labels:
    schema = StructType([StructField("person", IntegerType(), True), StructField("value", FloatType(), True), StructField("far", IntegerType(), True)])

    def limits(self, table):
        low, high = table.value.quantile([0.1, 0.9], interpolation="nearest")
        return min(low, LIMITS["low"]), max(high, LIMITS["high"])

    def of_person(self, table: pd.DataFrame) -> pd.DataFrame:
        low, high = self.limits(table)
        table["far"] = [1 if one > high or one < low else 0 for one in table["value"]]
        return table

    def labelled(self, frame):
        return frame.groupBy("person").applyInPandas(self.of_person, schema=self.schema)


@pandas_udf("double")
def logs(values: pd.Series) -> pd.Series:
    return np.log1p(values)


def with_logs(frame):
    return frame.withColumn("log", logs(F.col("value")))


def assembled(frame):
    indexed = StringIndexer(inputCol="sex", outputCol="sex_index").fit(frame).transform(frame)
    return VectorAssembler(inputCols=["sex_index", "log"], outputCol="features").transform(indexed)


def run(spark, path):
    frame = spark.read.parquet(path)
    frame = assembled(with_logs(Labels().labelled(frame)))
    frame.write.format("delta").mode("overwrite").save("/lake/labels")
    return frame.count()


def main():
    from delta import configure_spark_with_delta_pip
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("labels").config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    spark = configure_spark_with_delta_pip(builder).getOrCreate()
    print(run(spark, "s3a://glucose/values"))


if __name__ == "__main__":
    main()
