"""Hidden needs: what the shipped rules find, and what they leave alone."""

from __future__ import annotations

import pytest

from ops0.core.facts import CallFact, Facts, ImportFact, TextFact, TypeFact, Uses
from ops0.core.pipeline import Where
from ops0.core.requirements.rule_matching import hold_against
from ops0.core.requirements.rule_set import RuleSet
from ops0.core.requirements.rules import RuleFault, parse_rule
from ops0.host.tables import read_tables

RULES = RuleSet(read_tables().rules)
WHERE = Where("flow.py", 4)


def used(module: str, *names: str) -> ImportFact:
    return ImportFact(module=module, names=names, where=WHERE, text=f"import {module}")


def call(name: str, **literals: str) -> CallFact:
    given = tuple(
        (key.removeprefix("p"), text) if key[1:].isdigit() else (key, text)
        for key, text in literals.items()
    )
    return CallFact(name=name, literals=given, where=WHERE)


def text(start: str) -> TextFact:
    return TextFact(text=start, where=WHERE)


def facts(*parts: ImportFact | CallFact | TextFact | TypeFact) -> Facts:
    return Facts(
        imports=tuple(part for part in parts if isinstance(part, ImportFact)),
        uses=(
            Uses(
                calls=tuple(part for part in parts if isinstance(part, CallFact)),
                texts=tuple(part for part in parts if isinstance(part, TextFact)),
            ),
        ),
        types=tuple(part for part in parts if isinstance(part, TypeFact)),
    )


def found(*parts: ImportFact | CallFact | TextFact | TypeFact) -> set[str]:
    return {hit.requirement for hit in hold_against(RULES, facts(*parts)).hits if not hit.since}


PANDAS = used("pandas")
FRAME = TypeFact(name="pandas.DataFrame", subject="rows", where=WHERE)


@pytest.mark.parametrize(
    ("parts", "needs"),
    [
        ([PANDAS, call("pandas.read_parquet")], {"pyarrow"}),
        ([PANDAS, call("pandas.read_parquet", engine="fastparquet")], {"fastparquet"}),
        ([PANDAS, call("pandas.read_parquet", p0="a.parquet", p1="fastparquet")], {"fastparquet"}),
        ([used("pandas", "read_parquet")], {"pyarrow"}),
        ([PANDAS, call(".to_parquet")], {"pyarrow"}),
        ([FRAME, call(".to_parquet")], {"pyarrow"}),
        ([used("polars"), call(".to_parquet")], set()),
        ([used("polars"), call("polars.read_parquet")], set()),
        ([call(".to_parquet")], set()),
        ([PANDAS, call("pandas.read_csv")], set()),
        ([PANDAS, call("pandas.read_csv", engine="pyarrow")], {"pyarrow"}),
        ([PANDAS, call("pandas.read_csv", dtype_backend="pyarrow")], {"pyarrow"}),
        ([PANDAS, call(".astype", p0="int64[pyarrow]")], {"pyarrow"}),
        ([PANDAS, call(".astype", p0="int64")], set()),
        ([used("dask.dataframe"), call(".to_parquet")], {"pandas", "pyarrow"}),
        ([PANDAS, call("pandas.read_feather")], {"pyarrow"}),
        ([PANDAS, call("pandas.read_hdf")], {"tables"}),
        ([PANDAS, call("pandas.read_excel", p0="a.xlsx")], {"openpyxl"}),
        ([PANDAS, call("pandas.read_excel")], {"openpyxl"}),
        ([PANDAS, call("pandas.read_excel", p0="a.XLS")], {"xlrd"}),
        ([PANDAS, call("pandas.read_excel", p0="a.xlsb")], {"pyxlsb"}),
        ([PANDAS, call("pandas.read_excel", io="a.ods")], {"odfpy"}),
        ([PANDAS, call("pandas.read_excel", p0="a.xls", engine="calamine")], {"python-calamine"}),
        ([PANDAS, call(".to_excel")], {"openpyxl"}),
        ([PANDAS, call(".to_excel", engine="xlsxwriter")], {"xlsxwriter"}),
        ([PANDAS, used("xlsxwriter"), call(".to_excel")], set()),
        ([PANDAS, used("openpyxl"), call(".to_excel", engine="xlsxwriter")], {"xlsxwriter"}),
        ([PANDAS, call("pandas.read_html")], {"lxml"}),
        ([PANDAS, call("pandas.read_html", flavor="bs4")], {"beautifulsoup4", "html5lib"}),
        ([PANDAS, call("pandas.read_xml", parser="etree")], set()),
        ([PANDAS, call(".to_markdown")], {"tabulate"}),
        ([used("bs4", "BeautifulSoup"), call("bs4.BeautifulSoup", p1="lxml")], {"lxml"}),
        ([used("bs4", "BeautifulSoup"), call("bs4.BeautifulSoup", p1="html.parser")], set()),
        ([used("polars"), call("polars.read_excel")], {"fastexcel"}),
        ([used("polars"), call(".to_pandas")], {"pandas", "pyarrow"}),
        ([used("pyarrow.parquet"), call(".to_pandas")], {"pandas"}),
        ([used("pyspark.sql", "SparkSession"), call(".toPandas")], {"pandas"}),
        ([used("duckdb"), call(".df")], {"pandas"}),
        ([used("duckdb"), call(".pl")], {"polars", "pyarrow"}),
        ([used("google.cloud", "bigquery"), call(".to_dataframe")], {"pandas", "db-dtypes", "pyarrow"}),
        ([used("google.cloud", "storage"), call(".to_dataframe")], set()),
        ([PANDAS, call(".to_gbq")], {"pandas-gbq", "pandas<3"}),
        ([used("snowflake.connector"), call(".fetch_pandas_all")], {"pandas", "pyarrow"}),
        ([PANDAS, text("s3://bucket/key")], {"s3fs"}),
        ([PANDAS, text("gs://bucket/key")], {"gcsfs"}),
        ([PANDAS, text("abfs://box/key")], {"adlfs"}),
        ([used("boto3"), text("s3://bucket/key")], set()),
        ([used("polars"), text("s3://bucket/key")], set()),
        ([PANDAS, used("awswrangler"), text("s3://b/k")], set()),
        ([PANDAS, used("awswrangler"), call("pandas.read_csv", p0="s3://b/k")], {"s3fs"}),
        ([used("sqlalchemy"), text("postgresql://u@h/db")], {"psycopg2-binary", "sqlalchemy<2.1"}),
        ([used("sqlalchemy"), text("postgresql+psycopg://u@h/db")], {"psycopg[binary]"}),
        ([used("sqlalchemy"), text("postgresql+asyncpg://u@h/db")], {"asyncpg", "greenlet"}),
        ([used("sqlalchemy"), text("mysql+pymysql://u@h/db")], {"pymysql"}),
        ([used("sqlalchemy"), text("mssql+pyodbc://u@h/db")], {"pyodbc"}),
        ([used("sqlalchemy"), text("snowflake://u@h/db")], {"snowflake-sqlalchemy"}),
        ([used("sqlalchemy"), text("sqlite:///a.db")], set()),
        ([used("psycopg"), text("postgresql://u@h/db")], set()),
        ([used("sqlalchemy"), used("psycopg2"), call("sqlalchemy.create_engine", p0="postgresql://h/db")],
         {"psycopg2-binary", "sqlalchemy<2.1"}),
        ([PANDAS, call("pandas.read_sql", p0="select 1", p1="sqlite:///a.db")], {"sqlalchemy"}),
        ([PANDAS, call(".plot")], {"matplotlib"}),
        ([PANDAS, call(".plot", backend="plotly")], {"plotly"}),
        ([PANDAS, used("matplotlib.pyplot"), call(".plot")], set()),
        ([used("networkx"), call("networkx.draw_networkx")], {"matplotlib"}),
        ([used("plotly.graph_objects"), call(".write_image")], {"kaleido"}),
        ([used("plotly.express"), call("plotly.express.bar")], {"numpy", "pandas"}),
        ([used("sklearn.tree", "plot_tree"), call("sklearn.tree.plot_tree")], {"matplotlib"}),
        ([used("xgboost", "XGBClassifier")], {"scikit-learn"}),
        ([used("xgboost"), call("xgboost.XGBRegressor")], {"scikit-learn"}),
        ([used("xgboost"), call("xgboost.train")], set()),
        ([used("lightgbm"), call("lightgbm.LGBMClassifier")], {"scikit-learn"}),
        ([used("lightgbm"), call("lightgbm.train")], set()),
        ([used("sklearn.datasets"), call("sklearn.datasets.load_iris", as_frame="True")], {"pandas"}),
        ([used("sklearn.datasets"), call("sklearn.datasets.load_iris")], set()),
        ([used("sklearn.pipeline"), call(".set_output", transform="pandas")], {"pandas"}),
        ([used("transformers"), call("transformers.pipeline")], {"torch"}),
        ([used("transformers"), used("tensorflow"), call("transformers.pipeline")], set()),
        ([PANDAS, text("postgresql+asyncpg://h/d")], set()),
        ([PANDAS, call("pandas.read_sql"), text("sqlite+aiosqlite://")], {"aiosqlite", "greenlet", "sqlalchemy"}),
        ([used("sqlalchemy"), text("postgresql+asyncpg://h/d")], {"asyncpg", "greenlet"}),
        ([used("httpx"), call("httpx.Client", http2="True")], {"h2"}),
        ([used("httpx"), call("httpx.Client")], set()),
        ([used("pydantic", "EmailStr")], {"email-validator"}),
        ([used("requests"), text("socks5://localhost:1")], {"pysocks"}),
    ],
    ids=lambda value: ",".join(sorted(value)) or "nothing" if isinstance(value, set) else None,
)  # fmt: skip
def test_hidden_needs(
    parts: list[ImportFact | CallFact | TextFact | TypeFact], needs: set[str]
) -> None:
    assert found(*parts) == needs


def test_a_reason_has_the_place_and_the_fact() -> None:
    (hit,) = hold_against(RULES, facts(PANDAS, call("pandas.read_parquet"))).hits
    assert (hit.requirement, hit.reason.where) == ("pyarrow", WHERE)
    assert hit.reason.text.startswith("pandas.read_parquet(): ")


def test_a_telling_method_of_something_unknown_is_warned_of() -> None:
    (warn,) = hold_against(RULES, facts(call(".to_parquet"))).warnings
    assert (warn.where, "pyarrow" in warn.text) == (WHERE, True)
    assert hold_against(RULES, facts(PANDAS, call(".to_parquet"))).warnings == ()
    assert hold_against(RULES, facts(used("dask.dataframe"), call(".to_parquet"))).warnings == ()
    assert hold_against(RULES, facts(call(".plot"))).warnings == ()


@pytest.mark.parametrize(
    ("entry", "fact"),
    [
        ("text", "a rule is a table"),
        ({}, "a rule has an `id`"),
        ({"id": "x", "uzes": []}, "unknown key `uzes`"),
        ({"id": "x", "needs": "a"}, "nothing to match"),
        ({"id": "x", "uses": [1]}, "`uses` is a list of strings"),
        ({"id": "x", "uses": "a.b", "cases": {}}, "`cases` is a list"),
        ({"id": "x", "uses": "a.b", "cases": [{"arg": "a"}]}, "a case has the keys"),
        ({"id": "x", "uses": "a.b", "why": 3}, "`why` is a string"),
        ({"id": "x", "uses": "a.b", "telling": "yes"}, "`telling` is true or false"),
        ({"id": "x", "uses": "a.b"}, "nothing follows"),
        ({"id": "x", "uses": "a.b", "native_code": False}, "nothing follows"),
        ({"id": "x", "uses": "a.b", "native_code": "yes"}, "`native_code` is true or false"),
        (
            {"id": "x", "uses": "a.b", "apt": "Libgomp1"},
            "`Libgomp1` is no name of a Debian package",
        ),
        ({"id": "x", "methods": "a", "needs": "b"}, "`methods` start with a dot: `.a`"),
        ({"id": "x", "attributes": "a", "needs": "b"}, "`attributes` start with a dot: `.a`"),
        ({"id": "x", "methods": ".a", "needs": "b", "telling": True}, "`telling` goes with"),
        ({"id": "x", "methods": ".a", "needs": "b", "own": True}, "`own` goes with"),
        ({"id": "x", "methods": ".*", "beside": "a", "needs": "b"}, "`.*` goes with"),
        ({"id": "x", "uses": "a.b", "needs": "<3"}, "`<3` is no requirement"),
        ({"id": "x", "uses": "a.b", "needs": "c", "until": "==1"}, "`==1` is no requirement"),
        (
            {"id": "x", "uses": "a.b", "cases": [{"argument": "a", "needs": "b"}]},
            "a case says an `argument`",
        ),
        (
            {"id": "x", "uses": "a.b", "cases": [{"is": "a", "needs": "b"}]},
            "a case says an `argument`",
        ),
        (
            {
                "id": "x",
                "uses": "a.b",
                "cases": [{"argument": "a", "is": "b", "also": "c", "needs": "d"}],
            },
            "a case has the keys",
        ),
    ],
)
def test_a_bad_rule_is_named(entry: object, fact: str) -> None:
    with pytest.raises(RuleFault, match=fact.replace("(", r"\(")):
        parse_rule(entry)


def test_a_rule_that_says_no_reason_is_shown_by_its_name() -> None:
    assert parse_rule({"id": "acme", "uses": ["acme.read"], "needs": "openpyxl"}).why == "rule acme"
