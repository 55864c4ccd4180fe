import argparse
import importlib
import importlib.util
import logging
from importlib import import_module, resources

from sources.base import Source, registry

log = logging.getLogger(__name__)
PACKAGE = "sources"
KINDS = {"postgres": ("sources.tables", "Tables"), "sheets": ("sources.sheets", "Sheets")}
yaml = import_module("ruamel.yaml")


def source_of(kind):
    module, name = KINDS[kind]
    return getattr(importlib.import_module(module), name)()


def tables():
    return import_module(f"{PACKAGE}.tables").Tables()


def any_source(name) -> Source:
    return import_module(f"sources.{name}").build()


def settings(path="run.yaml"):
    with open(path) as f:
        return yaml.YAML(typ="safe").load(f)


def has_polars():
    return importlib.util.find_spec("polars") is not None


def frame(rows):
    if has_polars():
        return __import__("polars").DataFrame(rows)
    return rows


def query(name):
    return resources.files("sources").joinpath(f"{name}.sql").read_text()


def known():
    return sorted(registry)


def build(name):
    return registry[name]()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=KINDS)
    rows = source_of(parser.parse_args().kind).rows()
    log.info("%s rows", len(rows))


if __name__ == "__main__":
    main()
