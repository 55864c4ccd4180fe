import os
import shutil

from dotenv import load_dotenv
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DoubleType, LongType, StringType, StructField, StructType

load_dotenv()

SERVERS = os.getenv("KAFKA", "kafka:9092")
BASE = f"jdbc:postgresql://{os.getenv('PG_HOST', 'pg')}:5432/trades"
LOGIN = {"user": os.getenv("PG_USER", "trades"), "password": os.getenv("PG_WORD", ""), "driver": "org.postgresql.Driver"}
OUT = os.getenv("OUT", "/tmp/trades")
ACCOUNT = os.getenv("AZURE_ACCOUNT", "")

TRADE = StructType(
    [
        StructField("symbol", StringType(), True),
        StructField("price", DoubleType(), True),
        StructField("quantity", DoubleType(), True),
        StructField("at", LongType(), True),
        StructField("maker", BooleanType(), True),
    ]
)


def is_azure(path: str) -> bool:
    return path.startswith(("wasbs://", "abfss://"))


def packages() -> str:
    names = ["org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.0", "org.postgresql:postgresql:42.7.3"]
    if is_azure(OUT):
        names.append("org.apache.hadoop:hadoop-azure:3.3.4")
    return ",".join(names)


def with_azure(builder):
    if not is_azure(OUT) or not ACCOUNT:
        return builder
    for end in ("blob.core.windows.net", "dfs.core.windows.net"):
        builder = builder.config(f"spark.hadoop.fs.azure.account.auth.type.{ACCOUNT}.{end}", "OAuth")
    return builder


def session() -> SparkSession:
    if os.getenv("RESET") == "yes":
        shutil.rmtree(OUT, ignore_errors=True)
    builder = SparkSession.builder.appName("trades").master("local[2]").config("spark.jars.packages", packages())
    return with_azure(builder).getOrCreate()


def read_stream(spark: SparkSession) -> DataFrame:
    return (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", SERVERS)
        .option("subscribe", "trades")
        .load()
    )


def parsed(raw: DataFrame) -> DataFrame:
    return (
        raw.select(F.from_json(F.col("value").cast("string"), TRADE).alias("data"))
        .select("data.*")
        .withColumn("event", (F.col("at") / 1000).cast("timestamp"))
        .filter(F.col("price").isNotNull() & (F.col("price") > 0))
    )


def metrics(events: DataFrame, length: str, step: str | None = None) -> DataFrame:
    window = F.window("event", length, step) if step else F.window("event", length)
    return (
        events.withWatermark("event", "10 seconds")
        .groupBy("symbol", window)
        .agg((F.sum(F.col("price") * F.col("quantity")) / F.sum("quantity")).alias("mean"), F.count("*").alias("count"))
        .withColumn("start", F.col("window.start"))
        .drop("window")
    )


def store(batch: DataFrame, number: int, table: str) -> None:
    if batch.isEmpty():
        return
    batch.write.jdbc(url=BASE, table=table, mode="append", properties=LOGIN)


def main() -> None:
    spark = session()
    events = parsed(read_stream(spark))
    events.writeStream.format("parquet").option("path", OUT).trigger(processingTime="30 seconds").start()
    short = metrics(events, "1 minute")
    short.writeStream.foreachBatch(lambda rows, number: store(rows, number, "short")).start()
    spark.streams.awaitAnyTermination()


if __name__ == "__main__":
    main()
