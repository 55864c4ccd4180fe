import os
from typing import Any, Dict, Optional

import httpx
import polars as pl


class Plane:
    def __init__(
        self, gate: Optional[str] = None, token: Optional[str] = None, user: Optional[str] = None, secret: Optional[str] = None
    ):
        gate = gate or os.getenv("PLANE_GATE")
        if not gate:
            raise ValueError("no gate")
        self.gate = gate.rstrip("/")
        self.token = token or os.getenv("PLANE_TOKEN")
        self.user = user or os.getenv("PLANE_USER")
        self.secret = secret or os.getenv("PLANE_SECRET")
        self.keycloak = os.getenv("KEYCLOAK", "http://keycloak/token")
        if not self.token and self.user and self.secret:
            self._fetch()
        elif not self.token:
            raise ValueError("no token")

    def _fetch(self):
        with httpx.Client() as client:
            answer = client.post(
                self.keycloak, data={"grant_type": "client_credentials", "client_id": self.user}, timeout=10.0
            )
            answer.raise_for_status()
            self.token = answer.json().get("access_token")

    def ticket(self, name: str) -> Dict[str, Any]:
        with httpx.Client() as client:
            answer = client.post(f"{self.gate}/api/assets/{name}", headers={"Authorization": self.token})
            answer.raise_for_status()
            return answer.json()

    def frame(self, name: str) -> pl.LazyFrame:
        ticket = self.ticket(name)
        kind, address = ticket.get("kind"), ticket.get("address")
        login = ticket.get("login", {})
        own = False
        if kind == "s3_parquet":
            rows = pl.scan_parquet(address, storage_options={"aws_access_key_id": login.get("key", "")})
        elif kind == "s3_delta":
            rows = pl.scan_delta(address, storage_options={"aws_access_key_id": login.get("key", "")})
        elif kind == "s3_iceberg":
            rows = pl.scan_iceberg(address)
        elif kind == "postgres":
            host, schema, table = address.replace("postgres://", "").split("/")
            word = login.get("password") or self.token
            there = f"postgresql://{login.get('user', 'postgres')}:{word}@{host}/{login.get('database')}"
            rows = pl.read_database_uri(f"SELECT * FROM {schema}.{table}", there, engine="adbc").lazy()
            own = True
        elif kind == "mysql":
            host, table = address.replace("mysql://", "").split("/")
            rows = pl.read_database_uri(f"SELECT * FROM {table}", f"mysql://{host}").lazy()
        else:
            raise ValueError(kind)
        if not own and ticket.get("filter"):
            rows = rows.filter(pl.sql_expr(ticket["filter"]))
        return rows

    def excel(self, name: str, path: str) -> None:
        self.frame(name).collect().write_excel(path)

    def graph(self, name: str, column: str):
        return self.frame(name).collect().plot.line(x="day", y=column)
