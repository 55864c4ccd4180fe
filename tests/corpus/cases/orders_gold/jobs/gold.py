import json
import os
from datetime import datetime
from pathlib import Path

from dotenv import load_dotenv
from pyspark.sql import SparkSession
from pyspark.sql.functions import avg, col, countDistinct, lit, when
from pyspark.sql.functions import sum as total
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[1]
SILVER = "hdfs://nodes:9000/shop/silver/orders.parquet"
GOLD = "hdfs://nodes:9000/shop/gold"


def session():
    os.environ["HADOOP_USER_NAME"] = "shop"
    spark = SparkSession.builder.appName("gold").master("local[*]").getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    return spark


def settings():
    load_dotenv(ROOT / ".env")
    return {"host": os.getenv("DB_HOST", "localhost"), "word": os.getenv("DB_WORD", ""), "schema": "boards"}


def engine_of(told):
    return create_engine(f"postgresql+psycopg2://shop:{told['word']}@{told['host']}:5432/shop")


def share(part, whole):
    return when(whole > 0, part / whole * 100).otherwise(lit(0.0))


def to_lake(rows, name):
    path = f"{GOLD}/{name}.parquet"
    rows.coalesce(1).write.mode("overwrite").parquet(path)
    return path


def cleared(engine, schema, name):
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE TABLE {schema}.{name}"))


def to_base(rows, engine, schema, name):
    frame = rows.toPandas()
    cleared(engine, schema, name)
    frame.to_sql(name, engine, schema=schema, if_exists="append", index=False, method="multi")
    return len(frame)


def figures(rows):
    result = rows.agg(
        countDistinct("order").alias("orders"),
        total("sales").alias("sales"),
        countDistinct(when(col("late") == 1, col("order"))).alias("late"),
    )
    return result.withColumn("late_share", share(col("late"), col("orders"))).select("orders", "sales", "late_share")


def late_by(rows, column, columns):
    result = rows.groupBy(column).agg(
        countDistinct("order").alias("orders"),
        countDistinct(when(col("late") == 1, col("order"))).alias("late"),
        avg("days").alias("days"),
    )
    return result.withColumn("late_share", share(col("late"), col("orders"))).select(*columns).orderBy(col("late").desc())


def noted(what):
    folder = ROOT / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"gold_{datetime.now():%Y%m%d}.json"
    file.write_text(json.dumps(what))
    return file


def main():
    spark = session()
    told = settings()
    engine = engine_of(told)
    rows = spark.read.parquet(SILVER)
    tables = {"figures": figures(rows), "late_by_market": late_by(rows, "market", ["market", "orders", "late", "days"])}
    done = {}
    for name, table in tables.items():
        done[name] = {"path": to_lake(table, name), "rows": to_base(table, engine, told["schema"], name)}
    print(noted({"rows": rows.count(), "tables": done}))
    spark.stop()


if __name__ == "__main__":
    main()
