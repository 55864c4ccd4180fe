"""Miles of pipe, from the office's workbooks."""

from dagster import AssetOut, Output, multi_asset

from gas import logs
from gas.extract import base, sheets

logger = logs.get_logger(__name__)
TABLES = ("raw_pipes_summary", "raw_pipes_miles")


class Pipes(sheets.SheetExtractor):
    def __init__(self, *args, **kwargs):
        self.METADATA = base.Metadata("pipes")
        super().__init__(*args, **kwargs)

    def combined(self, parts, page):
        rows = super().combined(parts, page)
        extra = [name for name in rows.columns if name.startswith("unnamed")]
        if extra:
            logger.warning("drops %s", extra)
        return rows.drop(columns=extra)


raw_pipes = base.raw_asset(Pipes, "pipes")


@multi_asset(outs={name: AssetOut() for name in TABLES}, required_resource_keys={"store"})
def pipe_tables(context, raw_pipes):
    for name, rows in raw_pipes.items():
        yield Output(output_name=f"raw_pipes_{name}", value=rows)


def listed():
    return base.Metadata("pipes").pages()
