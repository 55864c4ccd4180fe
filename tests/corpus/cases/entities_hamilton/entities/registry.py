import ibis
import pandas as pd


class Registry:
    def __init__(self):
        self.base = ibis.duckdb.connect()
        self.tables = {}

    def add(self, name, rows):
        self.tables[name] = self.base.create_table(name, ibis.memtable(pd.DataFrame(rows)), overwrite=True)
        return self.tables[name]

    def names(self):
        return sorted(self.tables)

    @classmethod
    def of(cls, parts):
        made = cls()
        for name, rows in parts.items():
            made.add(name, rows)
        return made
