from sqlalchemy import create_engine, text

from .base import Source, register


@register
class Tables(Source):
    def __init__(self, url="oracle+oracledb://reader@warehouse/main"):
        self.engine = create_engine(url)

    def rows(self):
        with self.engine.connect() as connection:
            return connection.execute(text("select 1 from dual")).all()


def build():
    return Tables()
