import pathlib

import dbfread
import pandas as pd

from gas.extract import base


class SheetExtractor(base.Extractor):
    """Pages of workbooks, old ones of Excel 97."""

    def __init__(self, *args, **kwargs):
        self._books: dict[str, pd.ExcelFile] = {}
        super().__init__(*args, **kwargs)

    def book(self, year: int) -> pd.ExcelFile:
        name = f"pipes{year}.xlsx"
        if name not in self._books:
            with self.store.zipped(year) as archive:
                self._books[name] = pd.ExcelFile(archive.open(name), engine="calamine")
        return self._books[name]

    def source(self, page, year):
        return pd.read_excel(self.book(year), sheet_name=page)


def old_table(path):
    return pd.DataFrame(iter(dbfread.DBF(path, encoding="latin-1")))


def all_old(folder):
    return {path.stem: old_table(path) for path in pathlib.Path(folder).glob("*.dbf")}
