from typing import List

import pandas as pd
import pandera as pa
from hamilton.function_modifiers import check_output, config, extract_columns
from sklearn import datasets
from sqlalchemy import engine


def _plain(names: List[str]) -> List[str]:
    return [name.strip().replace(".", "_").lower() for name in names]


riders_schema = pa.DataFrameSchema(
    {
        "kind": pa.Column(float, nullable=False),
        "age": pa.Column(float, nullable=True),
        "name": pa.Column(str, nullable=False),
    },
    strict=True,
    index=pa.Index(int, name="rider"),
)


@config.when(loader="base")
def raw_riders__base(connection: engine.Connection) -> pd.DataFrame:
    rows = pd.read_sql("SELECT * FROM riders JOIN targets USING (rider)", con=connection)
    rows.rider = rows.rider.astype(int)
    return rows


@config.when(loader="openml")
def raw_riders__openml() -> pd.DataFrame:
    base, targets = datasets.fetch_openml("titanic", version=1, as_frame=True, return_X_y=True)
    return pd.concat([base, targets], axis=1)


@extract_columns("kind", "age", "name")
@check_output(schema=riders_schema, target_="riders")
def riders(raw_riders: pd.DataFrame) -> pd.DataFrame:
    raw_riders = raw_riders.set_index("rider")
    raw_riders.columns = _plain(raw_riders.columns)
    return raw_riders


def target(name: pd.Series) -> pd.Series:
    column = name.copy()
    column.name = "target"
    return column
