import json
import os
from abc import ABC, abstractmethod
from typing import Dict, List, Optional

from pyspark.ml.feature import StringIndexer
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from sessions import session


class Encoding(ABC):
    def __init__(self, spark: Optional[SparkSession] = None):
        self.spark = spark or session()

    @abstractmethod
    def encode(self, frame: DataFrame) -> DataFrame: ...


class Nominal(Encoding):
    def __init__(self, columns: List[str], spark: Optional[SparkSession] = None):
        super().__init__(spark)
        self.columns = columns
        self.labels: Dict[str, Dict[str, int]] = {}

    def encode(self, frame: DataFrame) -> DataFrame:
        for column in self.columns:
            model = StringIndexer(inputCol=column, outputCol=f"{column}_index").fit(frame)
            self.labels[column] = {label: at for at, label in enumerate(model.labels)}
            frame = model.transform(frame)
        return frame

    def save(self, folder):
        for column, labels in self.labels.items():
            with open(os.path.join(folder, f"{column}.json"), "w") as file:
                json.dump(labels, file)


class Ordinal(Encoding):
    def __init__(self, orders, spark=None):
        super().__init__(spark)
        self.orders = orders

    def encode(self, frame):
        for column, order in self.orders.items():
            code = F.when(F.col(column).isNull(), None)
            for value, number in order.items():
                code = code.when(F.col(column) == value, number)
            frame = frame.withColumn(column, code)
        return frame
