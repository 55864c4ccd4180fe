SOURCES = {}


class Wire:
    def __init__(self, settings: dict):
        self.settings = settings


class Source:
    wire_class = Wire

    def __init__(self, table, settings):
        self.table = table
        self.wire = self.wire_class(settings)

    def read(self):
        raise NotImplementedError

    def write(self, data):
        raise NotImplementedError


def source(kind):
    def kept(cls):
        SOURCES[kind] = cls
        return cls

    return kept


def source_of(kind, table, settings):
    return SOURCES[kind](table, settings)
