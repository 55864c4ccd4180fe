from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

if TYPE_CHECKING:
    from enum import Enum

    from loci.common.session import Session
    from pyspark.sql import Column


@dataclass
class Dataset(ABC):
    _df: DataFrame
    _schema: StructType = field(default=None)

    def __post_init__(self) -> None:
        self._schema = self._schema or self.schema()
        missing = {one.name for one in self._schema} - set(self._df.columns)
        if missing:
            raise ValueError(f"without {sorted(missing)}")

    @property
    def df(self) -> DataFrame:
        return self._df

    @classmethod
    @abstractmethod
    def schema(cls) -> StructType: ...

    @classmethod
    def from_parquet(cls, session: Session, path: str, **options: Any) -> Dataset:
        return cls(_df=session.load(path, schema=cls.schema(), **options))

    def filter(self, condition: Column) -> Dataset:
        return type(self)(_df=self._df.filter(condition))

    def valid(self, *columns: str) -> Dataset:
        return self.filter(reduce(lambda one, two: one & two, (f.col(name).isNotNull() for name in columns)))

    def save(self, path: str, session: Session) -> None:
        self._df.coalesce(session.partitions).write.mode(session.mode.value).parquet(path)

    @staticmethod
    def flagged(flags: Column, condition: Column, flag: Enum) -> Column:
        flags = f.when(flags.isNull(), f.array()).otherwise(flags)
        return f.when(condition, f.array_union(flags, f.array(f.lit(flag.value)))).otherwise(flags)

    @staticmethod
    def doubled(column: Column) -> Column:
        return f.row_number().over(Window.partitionBy(column).orderBy(f.rand())) > 1


@dataclass
class Loci(Dataset):
    @classmethod
    def schema(cls) -> StructType:
        return StructType([StructField("locus", StringType()), StructField("p", DoubleType()), StructField("beta", DoubleType())])

    def with_z(self) -> Loci:
        from loci.common.stats import z_of

        return Loci(_df=self.df.withColumn("z", z_of(f.col("p"), f.col("beta"))))


@dataclass
class Features(Dataset):
    fixed: list[str] = field(default_factory=lambda: ["locus", "gene"])

    @classmethod
    def schema(cls) -> StructType:
        return StructType([StructField("locus", StringType()), StructField("gene", StringType())])

    def frames(self, share: float = 0.2):
        from sklearn.model_selection import train_test_split

        return train_test_split(self._df.toPandas(), test_size=share, random_state=7)

    def columns(self) -> list[str]:
        return [name for name in self._df.columns if name not in self.fixed]
