from dagster import Definitions
from dagster_snowflake_pandas import SnowflakePandasIOManager

from .machines import machine_groups, machines
from .resources import s3_client, warehouse

defs = Definitions(
    assets=[machine_groups, machines],
    resources={
        "s3": s3_client,
        "warehouse": warehouse,
        "snowflake_io": SnowflakePandasIOManager(account="acme", user="loader", password="", database="FLEET"),
    },
)
