from abc import ABC, abstractmethod

import pandas as pd


class Ingestor(ABC):
    @abstractmethod
    def ingest(self, path) -> pd.DataFrame:
        pass


class CsvIngestor(Ingestor):
    def ingest(self, path):
        return pd.read_csv(path)


class ExcelIngestor(Ingestor):
    def ingest(self, path):
        return pd.read_excel(path)


def ingestor_for(path):
    return ExcelIngestor() if path.endswith((".xls", ".xlsx")) else CsvIngestor()
