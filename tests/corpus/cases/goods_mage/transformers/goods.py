import polars as pl

if "transformer" not in globals():
    from mage_ai.data_preparation.decorators import transformer
if "test" not in globals():
    from mage_ai.data_preparation.decorators import test


def number(frame):
    return frame.with_row_index("key")


@transformer
def transform(rows, *args, **kwargs):
    goods = pl.from_pandas(rows).unique("name").sort("name")
    goods = number(goods).with_columns(pl.col("price").cast(pl.Float64))
    return goods.to_pandas()


@test
def test_output(output, *args) -> None:
    assert output is not None, "no goods"
