import importlib.resources
from abc import ABC, abstractmethod
from collections import defaultdict
from typing import Any

import pandas as pd
from dagster import DagsterType, DynamicOut, DynamicOutput, In, TypeCheckContext, graph_asset, op

from gas import logs

logger = logs.get_logger(__name__)


class Metadata:
    """Which column of which year is called what."""

    def __init__(self, name: str):
        self.name = name
        self._columns = self._column_maps(f"gas.package_data.{name}")

    def _csv(self, package: str, name: str) -> pd.DataFrame:
        rows = pd.read_csv(importlib.resources.files(package) / name, index_col=0)
        rows.index = rows.index.astype(pd.StringDtype())
        return rows

    def _column_maps(self, package: str) -> dict:
        found = {}
        for one in importlib.resources.files(package).iterdir():
            if one.name.endswith(".csv"):
                found[one.name[:-4]] = self._csv(package, one.name)
        return found

    def pages(self) -> list[str]:
        return sorted(self._columns)

    def renames(self, page, year) -> dict:
        return {old: new for new, old in self._columns[page].loc[str(year)].to_dict().items()}


class Extractor(ABC):
    METADATA: Metadata = None
    SKIPPED: list[str] = []

    def __init__(self, store):
        self._metadata = self.METADATA
        self.store = store

    @abstractmethod
    def source(self, page: str, year: int) -> pd.DataFrame: ...

    def renamed(self, rows: pd.DataFrame, page: str, year: int) -> pd.DataFrame:
        return rows.rename(columns=self._metadata.renames(page, year))

    def combined(self, parts, page):
        return pd.concat(parts, sort=True, ignore_index=True)

    def extracted(self, years):
        pages = {}
        for page in self._metadata.pages():
            if page in self.SKIPPED:
                logger.info("skips %s", page)
                continue
            pages[page] = self.combined([self.renamed(self.source(page, year), page, year) for year in years], page)
        return pages


@op(tags={"memory-use": "high"})
def joined_pages(parts: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    pages = defaultdict(list)
    for part in parts:
        for page, rows in part.items():
            pages[page].append(rows)
    return {page: pd.concat(rows).reset_index(drop=True) for page, rows in pages.items()}


def _is_years(_context: TypeCheckContext, value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, int) for one in value.values())


years_type = DagsterType(name="years", type_check_fn=_is_years)


def extractor_op(extractor_class: type[Extractor], name: str):
    @op(name=f"extract_{name}", required_resource_keys={"store"}, ins={"part": In(dagster_type=years_type)})
    def extract_one(context, part: dict[str, int]) -> dict[str, pd.DataFrame]:
        return extractor_class(context.resources.store).extracted(list(part.values()))

    return extract_one


def raw_asset(extractor_class: type[Extractor], name: str):
    @op(out=DynamicOut(), required_resource_keys={"settings"}, name=f"{name}_years")
    def years(context):
        for year in context.resources.settings.years:
            yield DynamicOutput({"year": year}, mapping_key=str(year))

    extract_one = extractor_op(extractor_class, name)

    @graph_asset(name=f"raw_{name}")
    def raw() -> dict[str, pd.DataFrame]:
        return joined_pages(years().map(extract_one).collect())

    return raw
