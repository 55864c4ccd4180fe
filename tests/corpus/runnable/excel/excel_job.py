"""A spreadsheet written and read: openpyxl is named by nobody."""

from pathlib import Path
from tempfile import mkdtemp

import pandas

SHEET = "prices"


def unused():
    import xlwings

    return xlwings.Book()


def work():
    path = Path(mkdtemp()) / "prices.xlsx"
    pandas.DataFrame({"price": [1.5, 2.5]}).to_excel(path, sheet_name=SHEET, index=False)
    return float(pandas.read_excel(path, sheet_name=SHEET)["price"].sum())


def broken():
    return pandas.read_excel(Path("no-such-file.xlsx"))  # HERE
