import pandas as pd
from dagster import AssetExecutionContext, asset

from .cleaning import match_schema, pulled


@asset(group_name="machines", io_manager_key="snowflake_io", required_resource_keys={"s3", "warehouse"}, deps=["machine_groups_tab"])
def machine_groups(context: AssetExecutionContext) -> pd.DataFrame:
    table = pulled(context=context, s3=context.resources.s3, key="erp/machine_groups/")
    match_schema(context, table)
    return table


@asset(group_name="machines", io_manager_key="snowflake_io", required_resource_keys={"s3", "warehouse"})
def machines(context: AssetExecutionContext) -> pd.DataFrame:
    owners = pulled(context=context, s3=context.resources.s3, key="erp/owners/")
    parts = pulled(context=context, s3=context.resources.s3, key="erp/parts/", drop=["note", "info"])
    both = pd.merge(owners, parts, on="machine", how="left", suffixes=("_owner", "_part"))
    match_schema(context, both)
    return both
