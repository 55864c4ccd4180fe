"""Weeks and seasons."""

from datetime import datetime, timedelta
from typing import NamedTuple, Optional

from dagster import PartitionMapping, StaticPartitionsDefinition, WeeklyPartitionsDefinition
from dagster._core.definitions.partition import PartitionsSubset
from dagster._serdes import whitelist_for_serdes

weeks = WeeklyPartitionsDefinition(start_date="2000-09-30")
seasons = StaticPartitionsDefinition([f"{year}{year + 1}" for year in range(2000, 2024)])


@whitelist_for_serdes
class SeasonMapping(PartitionMapping, NamedTuple("_SeasonMapping", [])):
    def get_upstream_mapped_partitions_result_for_partitions(self, downstream_partitions_subset: Optional[PartitionsSubset], *args):
        first, last = self._ends(downstream_partitions_subset.get_partition_keys())
        days = []
        while first < last:
            days.append(first.strftime("%Y-%m-%d"))
            first += timedelta(days=7)
        return weeks.subset_with_partition_keys(days)

    def _ends(self, keys):
        years = sorted(int(key[:4]) for key in keys)
        return datetime(years[0], 10, 1), datetime(years[-1] + 1, 6, 30)

    @property
    def description(self) -> str:
        return "weeks of a season"
