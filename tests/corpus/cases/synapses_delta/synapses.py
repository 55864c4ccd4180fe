from typing import Union

import polars as pl
from cloudpathlib import AnyPath as Path
from deltalake import DeltaTable, write_deltalake

BASE = Path("gs://cells/synapses_deltalake")
FIXED = ["id", "pre_x", "pre_y", "post_x", "post_y", "size"]
MOVING = ["pre_root", "post_root"]
VERSIONS = [343, 1412, 1507]


def roots():
    return pl.read_parquet("./roots.parquet")["root"].to_list()[:300]


def example(version):
    table = pl.scan_delta(str(BASE))
    wanted = roots()
    return (
        table.rename({"synapse": "id"})
        .select(FIXED + MOVING)
        .filter(pl.col("pre_root").is_in(wanted) & pl.col("post_root").is_in(wanted))
        .with_columns(pl.col("pre_root").alias(f"pre_root_v{version}"))
        .collect(engine="streaming")
    )


def joined(table: pl.DataFrame):
    lazy = table.lazy()
    for version in VERSIONS[1:]:
        other = pl.scan_parquet(f"views/synapses_v{version}.parquet")
        lazy = lazy.join(other.select("id", pl.col("pre_root").alias(f"pre_root_v{version}")), on="id", how="left")
    return lazy.collect()


def stored(table: Union[pl.LazyFrame, pl.DataFrame], path: Union[str, Path]):
    if isinstance(table, pl.LazyFrame):
        table = table.collect(engine="streaming")
    write_deltalake(str(path), table, mode="overwrite")


def merged(table: pl.DataFrame, path: Union[str, Path]):
    (
        DeltaTable(str(path))
        .merge(source=table, predicate="t.id = s.id", source_alias="s", target_alias="t")
        .when_matched_update_all()
        .execute()
    )


def changed(table: pl.DataFrame, before, after):
    return table.filter(pl.col(f"pre_root_v{before}") != pl.col(f"pre_root_v{after}")).select(FIXED)


def root_of(synapse, version):
    return pl.read_delta("out/rows", version=version).filter(pl.col("id") == synapse).select("post_root").item()


def sizes(path):
    table = DeltaTable(path)
    return table.to_pandas(columns=["size"])["size"].describe().to_dict(), table.version()


def as_arrow(path):
    dataset = DeltaTable(path).to_pyarrow_dataset()
    return dataset.count_rows()


if __name__ == "__main__":
    whole = joined(example(VERSIONS[0]))
    stored(whole, BASE / "columns")
    for one, other in zip(VERSIONS[:-1], VERSIONS[1:]):
        merged(changed(whole, one, other), BASE / "rows")
