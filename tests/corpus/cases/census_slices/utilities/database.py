import os
from dataclasses import asdict, dataclass


@dataclass
class Details:
    host: str
    password: str
    dbname: str = "public"

    def arguments(self):
        return asdict(self)


class Factory:
    @classmethod
    def auto(cls, prefix, conn_id=None):
        if conn_id is not None:
            return cls.from_airflow(conn_id)
        return Details(os.environ[f"{prefix}_HOST"], os.environ[f"{prefix}_PASSWORD"])

    @staticmethod
    def from_airflow(conn_id):
        from airflow.hooks.base import BaseHook

        found = BaseHook.get_connection(conn_id)
        return Details(found.host, found.password)
