"""What meters on roofs told, month by month and year by year."""

import dagster as dg
import pandas as pd

from suns.resources import Meters, Service, Systems

months: dg.MonthlyPartitionsDefinition = dg.MonthlyPartitionsDefinition(start_date="2018-01-01", end_offset=-1)
years: dg.TimeWindowPartitionsDefinition = dg.TimeWindowPartitionsDefinition(fmt="%Y", start="2018", cron_schedule="0 12 2 1 *")


@dg.asset(
    name="meters_5min_monthly",
    description=__doc__,
    metadata={"area": dg.MetadataValue.text("uk")},
    partitions_def=months,
    automation_condition=dg.AutomationCondition.on_cron(cron_schedule=months.get_cron_schedule(day_of_week=1)),
    io_manager_key="parquets",
)
def monthly(context: dg.AssetExecutionContext, service: Service) -> pd.DataFrame:
    systems: pd.DataFrame = service.request(Systems()).loc[lambda frame: frame["owner"] == "meters"]
    asked: Meters = Meters(start=context.partition_time_window.start, end=context.partition_time_window.end, minutes=5)
    return (
        service.request(asked=asked)
        .loc[lambda frame: frame["id"].isin(systems["id"])]
        .assign(utc=lambda frame: pd.to_datetime(frame["date"]).dt.tz_localize("UTC"))
    )


@dg.asset(name="meters_5min_yearly", partitions_def=years, ins={"months": dg.AssetIn("meters_5min_monthly")}, io_manager_key="parquets")
def yearly(context: dg.AssetExecutionContext, months: dict[str, pd.DataFrame]) -> dg.Output[pd.DataFrame]:
    frame = pd.concat(months.values())
    return dg.Output(frame, metadata={"rows": len(frame), "head": dg.MetadataValue.md(frame.head().to_markdown())})
