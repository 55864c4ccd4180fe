"""Writes how comics are liked. A block of Mage."""

from datetime import datetime, timezone
from os import path

from mage_ai.io.config import ConfigFileLoader
from mage_ai.io.postgres import Postgres
from mage_ai.settings.repo import get_repo_path
from pandas import DataFrame

from comics.loaders.figures import parts

if "data_exporter" not in globals():
    from mage_ai.data_preparation.decorators import data_exporter
if "test" not in globals():
    from mage_ai.data_preparation.decorators import test


@data_exporter
def export_figures(frame: DataFrame, **kwargs) -> dict:
    settings = path.join(get_repo_path(), "io_config.yaml")
    count = 0
    with Postgres.with_config(ConfigFileLoader(settings, "default")) as store:
        for number, part in parts(kwargs["pipeline_uuid"], "default", datetime.now(timezone.utc)):
            store.export(part, "raw", "figures", index=False, if_exists="append")
            count += len(part)
    return {"count": count, "before": len(frame)}


@test
def test_output(output, *args) -> None:
    assert output is not None, "nothing was written"
