from . import sheet, store
