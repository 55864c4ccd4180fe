from typing import Any

import luigi
from luigi.contrib.spark import PySparkTask
from pyspark import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, collect_set, concat, explode_outer, lit, regexp_extract, when

from scans.settings import Places


class Observations(luigi.ExternalTask):
    def output(self):
        return Places().target("observations_parquet")


class Scans(PySparkTask):
    name = "Scans"
    ids_file = luigi.Parameter()
    folder = luigi.Parameter()

    def requires(self):
        return [Observations()]

    def output(self):
        folder = self.folder if self.folder.endswith("/") else self.folder + "/"
        return Places().target(f"{folder}scans_parquet")

    def app_options(self):
        return [self.input()[0].path, self.ids_file, self.output().path]

    def main(self, sc: SparkContext, *args: Any):
        spark = SparkSession.builder.getOrCreate()
        seen = spark.read.parquet(args[0])
        ids = spark.read.csv(args[1], header=True).dropDuplicates().alias("ids")
        seen = seen.where(col("kind") == "scan").alias("seen").join(ids, ["observation", "file"])
        seen = seen.withColumn("mark", regexp_extract("file", r"\/.*\/(.+)", 1))
        seen = seen.withColumn("type", when(col("file").contains(".pdf"), lit("pdf")).otherwise(col("type")))
        parts = seen.withColumn("part", explode_outer("parts")).groupBy("observation").agg(collect_set("part"))
        seen = seen.join(parts, "observation").withColumn("address", concat(lit("//scans.example/"), col("scan")))
        seen.write.parquet(args[2])
