"""One Spark session for all steps, with the settings that they ask for."""
from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING, Any

import pandas as pd
from pyspark.conf import SparkConf
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType


class Mode(str, Enum):
    APPEND = "append"
    OVERWRITE = "overwrite"

    @classmethod
    def ensure(cls, text: str | None) -> str:
        return cls(text or "append").value


class Log:
    def __init__(self, spark: SparkSession, level: str = "INFO") -> None:
        log4j = spark.sparkContext._jvm.org.apache.log4j
        spark.sparkContext.setLogLevel(level)
        self.logger = log4j.LogManager.getLogger(spark.conf.get("spark.app.name"))

    def warning(self, message: str) -> None:
        self.logger.warn(message)


class Session:
    def __init__(self, uri: str = "local[*]", mode: str | None = None, with_hail: bool = False, partitions: int = 200, extra: dict[str, str] | None = None) -> None:
        self._mode = Mode.ensure(mode)
        self._partitions = partitions
        wanted = self._settings(extra or {}, with_hail)
        self.spark = SparkSession.builder.config(conf=wanted).master(uri).appName("loci").getOrCreate()
        if with_hail:
            import hail as hl

            hl.init(sc=self.spark.sparkContext, log="/dev/null", idempotent=True)
        self.log = Log(self.spark)
        self.compare(self.spark.sparkContext.getConf(), wanted)

    def _settings(self, extra: dict[str, str], with_hail: bool) -> SparkConf:
        conf = SparkConf(loadDefaults=False)
        conf.set("spark.loci.mode", self._mode).set("spark.loci.partitions", str(self._partitions))
        if with_hail:
            conf.set("spark.jars", self._hail_jar(os.environ.get("HAIL_HOME")))
        return conf.setAll(list(extra.items()))

    @staticmethod
    def _hail_jar(home: str | None) -> str:
        if home is None:
            import importlib.util

            home = os.path.dirname(importlib.util.find_spec("hail").origin)
        return f"{home}/backend/hail-all-spark.jar"

    def compare(self, current: SparkConf, wanted: SparkConf) -> None:
        for key, value in wanted.getAll():
            if current.get(key, None) != value:
                self.log.warning(f"{key} is not {value}")

    @property
    def partitions(self) -> int:
        return int(self.spark.conf.get("spark.loci.partitions", "200"))

    @property
    def mode(self) -> Mode:
        return Mode(self.spark.conf.get("spark.loci.mode", "append"))

    @classmethod
    def find(cls) -> Session:
        if SparkSession.getActiveSession() is None:
            raise AttributeError("no Spark session")
        return cls()

    def load(self, path: str | list[str], kind: str = "parquet", schema: StructType | None = None, **options: Any) -> DataFrame:
        if kind == "tsv":
            return self.table_from_url(path, sep="\t")
        reader = self.spark.read.format(kind)
        return (reader.schema(schema) if schema else reader).load(path, **options)

    def table_from_url(self, url: str, **options: Any) -> DataFrame:
        return self.spark.createDataFrame(pd.read_csv(url, **options))
