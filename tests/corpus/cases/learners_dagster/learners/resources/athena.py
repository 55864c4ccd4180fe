import pyathena
from dagster import Field, InitResourceContext, Noneable, String, resource
from pyathena.cursor import DictCursor


class Athena:
    def __init__(self, group: str, schema: str, region: str = "us-east-1"):
        self.cursor = pyathena.connect(work_group=group, schema_name=schema, region_name=region, cursor_class=DictCursor).cursor()

    def rows(self, query: str) -> DictCursor:
        return self.cursor.execute(query)

    def pages(self, query: str, size: int = 1000):
        self.rows(query)
        while page := self.cursor.fetchmany(size):
            yield page


@resource(config_schema={"group": Field(String, default_value="primary"), "schema": Field(Noneable(String), default_value=None)})
def athena(context: InitResourceContext):
    yield Athena(group=context.resource_config["group"], schema=context.resource_config["schema"])
