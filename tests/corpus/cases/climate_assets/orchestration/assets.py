from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster import AssetExecutionContext
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets, get_asset_key_for_model
from dagster_dlt import DagsterDltResource, DagsterDltTranslator, dlt_assets
from dagster_dlt.translator import DltResourceTranslatorData

from ingest.pipeline import MERGED, REPLACED, build_pipeline, groups, public
from lake.archive import run as write_lake
from orchestration.resources import dbt_project
from publish.workbook import write as write_workbook
from transform.scores import run as run_scores

FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=7), warn_window=timedelta(days=2))


class RawTranslator(DagsterDltTranslator):
    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        spec = super().get_asset_spec(data)
        return spec.replace_attributes(key=dg.AssetKey(["raw", data.resource.name]), freshness_policy=FRESH)


@dlt_assets(
    dlt_source=public().with_resources(*REPLACED, *MERGED),
    dlt_pipeline=build_pipeline(),
    dagster_dlt_translator=RawTranslator(),
    name="raw",
)
def raw_assets(context: AssetExecutionContext, dlt: DagsterDltResource):
    chosen = {key.path[-1] for key in context.selected_asset_keys}
    for names, more in groups(chosen):
        context.log.info("loading %s", ", ".join(names))
        yield from dlt.run(context=context, dlt_source=public().with_resources(*names), **more)


class FolderTranslator(DagsterDbtTranslator):
    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        parts = dbt_resource_props.get("fqn") or []
        return parts[1] if len(parts) > 2 else super().get_group_name(dbt_resource_props)


@dbt_assets(manifest=dbt_project.manifest_path, dagster_dbt_translator=FolderTranslator())
def dbt_models(context: AssetExecutionContext, dbt: DbtCliResource):
    yield from dbt.cli(["build"], context=context).stream()


EMISSIONS = get_asset_key_for_model([dbt_models], "emissions")


@dg.asset(deps=[EMISSIONS], kinds={"polars", "duckdb"})
def scores(context: AssetExecutionContext) -> dg.MaterializeResult:
    rows = run_scores()
    context.log.info("%s rows", rows)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows})


@dg.asset(deps=[EMISSIONS], group_name="lake")
def parquet_archive(context: AssetExecutionContext) -> dg.MaterializeResult:
    summary = write_lake()
    return dg.MaterializeResult(metadata={"rows": sum(one["rows"] for one in summary.values())})


@dg.asset(deps=[scores])
def workbook() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"path": write_workbook("climate.xlsx")})


@dg.asset_check(asset=scores)
def nobody_lost(context) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=run_scores() > 0, severity=dg.AssetCheckSeverity.WARN)
