from .store import MysqlSource
from .sheet import SheetSource


def copied(path, settings):
    source = SheetSource("goods", {"path": path})
    target = MysqlSource("goods", settings)
    return target.write(source.read())
