from . import sheets, tables
