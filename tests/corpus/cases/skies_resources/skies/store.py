import os

from dagster import ConfigurableResource
from pydantic import PrivateAttr
from snowflake.sqlalchemy import URL
from sqlalchemy import create_engine


class EngineResource(ConfigurableResource):
    account: str = os.getenv("SNOW_ACCOUNT", "acme")
    role: str = "LOADER"
    _engine = PrivateAttr(default=None)

    def address(self) -> str:
        return URL(account=self.account, user="loader", password=os.getenv("SNOW_WORD", ""), database="RAW", role=self.role)

    def get_engine(self):
        if self._engine is None:
            self._engine = create_engine(self.address())
        return self._engine
