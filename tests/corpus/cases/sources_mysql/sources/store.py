import polars as pl
import sqlalchemy as sa

from .base import Source, Wire, source


class MysqlWire(Wire):
    def __init__(self, settings: dict):
        super().__init__(settings)
        self.address = f"mysql+pymysql://{settings['user']}:{settings['word']}@{settings['host']}:3306/{settings['name']}"


@source("mysql")
class MysqlSource(Source):
    wire_class = MysqlWire

    def read(self) -> pl.DataFrame:
        return pl.read_database_uri(query=f"select * from {self.table}", uri=self.wire.address)

    def run(self, statement):
        with sa.create_engine(self.wire.address).connect() as connection:
            connection.execute(sa.text(statement))
            connection.commit()

    def write(self, data: pl.DataFrame):
        self.run(f"create table if not exists copy like {self.table}")
        data.write_database(self.table, self.wire.address, if_table_exists="append")
        return len(data)

    def forget(self, data: pl.DataFrame):
        for name in data["id"].to_list():
            self.run(f"delete from {self.table} where id = {name}")
        return len(data)
