import pandas as pd


class Corpus:
    def __init__(self, chunks: pd.DataFrame):
        self.chunks = chunks

    @classmethod
    def load(cls, path):
        return cls(pd.read_parquet(path))
