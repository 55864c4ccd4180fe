"""The official register, a workbook of old."""
import xlrd
from slugify import slugify


class Register:
    def __init__(self, book):
        self.book = book
        self.sheet = book.sheet_by_index(0)

    def names(self):
        return self.sheet.col_values(0)

    def row(self, name):
        return {"name": name, "slug": slugify(name)}


def opened(path):
    return Register(xlrd.open_workbook(path))
