import importlib
import pkgutil

from acme import formats
from acme.common.clock import weekday
from acme.common.retry import noted


def formats_there():
    return [one.name for one in pkgutil.iter_modules(formats.__path__)]


def write(rows, path, kind="avro"):
    from acme.formats import avro

    module = importlib.import_module(f"acme.formats.{kind}")
    return module.write(rows, path) or avro


def as_json(rows, path):
    from acme.formats.lines import write as write_lines

    noted(path)
    return write_lines(rows, path)


def day_folder(day):
    return f"{weekday(day)}/{day:%d}"


def pack(path):
    schema = pkgutil.get_data("acme.formats", "schema.json")
    return schema, path
