from pyspark.sql import SparkSession

RAW = "s3a://lake/raw/telemetry"


def session():
    return (
        SparkSession.builder.appName("lake")
        .config("spark.jars.packages", "org.apache.hadoop:hadoop-aws:3.3.4")
        .getOrCreate()
    )
