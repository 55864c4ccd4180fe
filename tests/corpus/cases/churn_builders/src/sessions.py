from pyspark.sql import SparkSession


def session(name: str = "churn") -> SparkSession:
    return SparkSession.builder.appName(name).config("spark.sql.shuffle.partitions", "8").getOrCreate()
