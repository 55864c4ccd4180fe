"""Who works on which floor, and how many stairs they climb."""

from pyspark.sql import Row
from pyspark.sql.functions import col, concat_ws, lit

from shared.session import start


def main():
    spark, log, config = start(name="staff", files=["settings/staff_settings.json"])
    log.warn("begins")
    people = read(spark)
    write(with_stairs(people, config["stairs_a_floor"]))
    log.warn("ends")
    spark.stop()
    return None


def read(spark):
    return spark.read.parquet("data/people")


def with_stairs(people, stairs):
    return people.select(
        col("id"),
        concat_ws(" ", col("given"), col("family")).alias("name"),
        (col("floor") * lit(stairs)).alias("stairs_to_desk"),
    )


def write(people):
    (people.coalesce(1).write.csv("out/people", mode="overwrite", header=True))
    return None


def make_sample(spark, config):
    rows = [
        Row(id=1, given="Ada", family="Moss", floor=3),
        Row(id=2, given="Ben", family="Okafor", floor=1),
        Row(id=3, given="Cora", family="Lind", floor=5),
    ]
    people = spark.createDataFrame(rows)
    people.coalesce(1).write.parquet("tests/data/people", mode="overwrite")
    with_stairs(people, config["stairs_a_floor"]).coalesce(1).write.parquet("tests/data/report", mode="overwrite")
    return None


if __name__ == "__main__":
    main()
