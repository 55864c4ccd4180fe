import io
import zipfile

import dlt
import polars as pl

from ingest import http

SCHEMA = {"Invoice": pl.String, "Quantity": pl.Int64, "Price": pl.Float64}


def sheets(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield pl.read_excel(archive.read(name), engine="calamine", schema_overrides=SCHEMA)


def cleaned(frame):
    return frame.filter(pl.col("Price") > 0).with_columns(month=pl.col("InvoiceDate").dt.strftime("%Y-%m"))


@dlt.resource(write_disposition="merge")
def invoice_lines(months=None):
    for frame in sheets(http.asked("https://example.org/retail.zip").content):
        lines = cleaned(frame)
        if months:
            lines = lines.filter(pl.col("month").is_between(*months))
        yield lines.to_arrow()
