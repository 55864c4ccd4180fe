from datetime import datetime, timezone

import polars as pl
from dagster import AssetExecutionContext, AssetKey, asset

from learners.lib.risk import level, risk, scaled
from learners.lib.warehouse import append, model_frame

NUMBERS = ["minutes", "grade"]


@asset(group_name="reporting", deps=[AssetKey(["reporting", "exam_times"])])
def risk_report(context: AssetExecutionContext) -> pl.DataFrame:
    lazy = model_frame("learners_reporting", "exam_times")
    frame = lazy.filter(pl.col("taken")).select(["user", *NUMBERS]).drop_nulls().collect()
    small = scaled(frame, NUMBERS)
    result = pl.concat([frame.select("user"), risk(small).rename("risk").to_frame()], how="horizontal")
    result = result.with_columns(pl.lit(datetime.now(timezone.utc)).alias("at"), pl.col("risk").map_elements(level).alias("level"))
    context.log.info("%d rows", append("learners_reporting", "risk_report", result))
    return result


@asset(group_name="reporting")
def risk_summary(context, risk_report):
    worst = risk_report.filter(risk_report["level"] == "high")
    context.log.info("%d of %d", len(worst), len(risk_report))
    return {"high": len(worst), "all": len(risk_report)}
