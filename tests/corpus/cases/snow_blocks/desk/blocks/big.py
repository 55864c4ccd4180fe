import pandas as pd
from prefect.blocks.core import Block
from prefect_gcp.credentials import GcpCredentials


class BigTables(Block):
    credentials: GcpCredentials
    project: str

    def write(self, rows: pd.DataFrame, table: str) -> None:
        login = self.credentials.get_credentials_from_service_account()
        rows.to_gbq(table, project_id=self.project, if_exists="append", credentials=login)
