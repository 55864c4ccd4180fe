import polars as pl

from .base import Source, source


@source("sheet")
class SheetSource(Source):
    def read(self) -> pl.DataFrame:
        return pl.read_excel(self.wire.settings["path"], engine="openpyxl")

    def write(self, data: pl.DataFrame):
        data.write_excel(self.wire.settings["path"])
        return len(data)
