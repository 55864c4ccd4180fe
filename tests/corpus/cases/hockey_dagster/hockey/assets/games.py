"""Games as the league tells them, by week and by season."""

from datetime import datetime

import requests
from dagster import AssetExecutionContext, AssetIn, AutoMaterializePolicy, AutoMaterializeRule, BackfillPolicy, FreshnessPolicy, Output, asset

from .partitions import SeasonMapping, seasons, weeks

BASE = "https://league.example.org/v1/"

on_sundays = AutoMaterializePolicy.eager().with_rules(
    AutoMaterializeRule.materialize_on_cron(cron_schedule="0 0 * * 0", timezone="US/Pacific"),
)


@asset(
    partitions_def=weeks,
    io_manager_key="raw_games",
    output_required=False,
    compute_kind="API",
    freshness_policy=FreshnessPolicy(maximum_lag_minutes=10080),
    auto_materialize_policy=on_sundays,
)
def games(context: AssetExecutionContext):
    days = [datetime.strptime(day, "%Y-%m-%d") for day in context.partition_keys]
    context.log.info(f"{min(days)} to {max(days)}")
    for day in context.partition_keys:
        answer = requests.get(f"{BASE}schedule/{day}")
        if answer.status_code != 200:
            continue
        numbers = [game["id"] for week in answer.json()["gameWeek"] for game in week["games"]]
        found = {}
        for number in numbers:
            try:
                found[(day, number)] = requests.get(f"{BASE}games/{number}").json()
            except Exception:
                context.log.info(f"no game {number}")
        yield Output(found)


@asset(
    partitions_def=seasons,
    io_manager_key="season_bigquery",
    compute_kind="Python",
    auto_materialize_policy=AutoMaterializePolicy.eager(),
    backfill_policy=BackfillPolicy.single_run(),
    ins={"games": AssetIn("games", partition_mapping=SeasonMapping())},
    key_prefix=["lake"],
)
def games_by_season(context: AssetExecutionContext, games):
    by_game = {}
    for number, game in games.items():
        by_game[number] = game["season"]
    found = set(by_game.values())
    assert len(found) == 1, f"seasons: {found}"
    yield Output([game for _, game in games.items()])
