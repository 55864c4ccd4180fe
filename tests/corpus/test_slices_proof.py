"""Each slice of the corpus imports with exactly what was inferred, and holds every name. See proving/__init__.py."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from measuring.truth import CASES, read_truths
from proving.environments import by_needs, environment, findings
from proving.jobs import Job, jobs, prove

DEEP = os.environ.get("OPS0_TESTS") == "deep"
FILES = sorted({one.file for one in read_truths()})
WHOLE_STOPS_TOO = frozenset(
    {
        # It opens a file when it is imported that its project never had.
        "boosting_search/search.py:load",
        "stations_genetic/stations.py:_worth",
        "stations_genetic/stations.py:worth",
        # It wants an address in the environment.
        "flows_camelot/flows.py:main",
        "flows_camelot/flows.py:noted",
    }
)
NO_PROOF = frozenset(
    {
        # A file of the project hides a module that the proof itself, or another file, means by that name.
        "beasts_traps/beasts/detector.py:one_by_one",
        "lakes_schemas/lakes/azure.py:AzureRetriever.options",
        "lakes_schemas/lakes/azure.py:AzureRetriever.schema",
        "lakes_schemas/lakes/choice.py:columns_of",
        "lawns_slippy/lawns/tools/features.py:main",
        "shelves_splash/shelves/spiders/shelves.py:ShelvesSpider.parse_book",
        "shelves_splash/shelves/spiders/shelves.py:ShelvesSpider.parse_kind",
        "shelves_splash/shelves/spiders/shelves.py:ShelvesSpider.start_requests",
        # Python compiles a call of what an import binds by its name otherwise than what a star or an argument binds.
        "cards_zenml/pipeline.py:learning",
        "scores_vertex/pipeline.py:rows",
        "scores_vertex/pipeline.py:payments",
        "goals_comet/models/tune.py:best",
        "goals_comet/models/tune.py:main",
        "goals_comet/models/tune.py:objective",
        # They ask a stand-in for what only the library has, when they are imported.
        "answers_snowflake/app.py:process",
        "bills_glue/job.py:switch_alias",
        "bills_glue/job.py:upload",
        "climate_assets/orchestration/assets.py:raw_assets",
        "contest_dag/dags/contest.py:contest",
        "films_notebook/films.ipynb:for_user",
        "lets_taskflow/pipelines/dags/lets.py:lets",
        "lifetimes_mlflow/dags/training.py:lifetimes",
        "medals_notebook/medals.ipynb:bronze",
        "parcels_tiles/parcels/cli.py:scenes",
        "parcels_tiles/parcels/cli.py:run",
        "parcels_tiles/parcels/cli.py:cut",
        "rerank_cached/ranking/rerank.py:Rerank.__init__",
        "rerank_cached/ranking/rerank.py:Rerank._scores",
        "rerank_cached/ranking/rerank.py:Rerank.model",
        "rerank_cached/ranking/rerank.py:Rerank.search",
        "rerank_cached/ranking/rerank.py:answered",
        "rides_athena/dags/ingest.py:ingest",
        "scholars_airflow/dags/harvest.py:harvest_papers",
        "sizes_prefect/workflows/sizes.py:asked_sizes",
        "soils_streamlit/app.py:mapped",
        "soils_streamlit/app.py:page",
        "tweets_zenml/steps/learning.py:registered",
        "tweets_zenml/steps/learning.py:tuned",
        "units_prophet/forecasting/models.py:OfProphet.environment",
        "wines_bentoml/service.py:is_registered",
        # Snakemake puts a name into the module that its code never binds.
        "calls_classes/workflow/scripts/score.py:results",
        # It needs what is on no index.
        "stars_tiles/stars/motion.py:motions",
    }
)


def jobs_of(files: Iterable[Path]) -> dict[str, Job]:
    found: dict[str, Job] = {}
    for file in files:
        found |= jobs(file, [one for one in read_truths() if one.file == file])
    return found


@pytest.fixture(scope="module")
def every() -> dict[str, Job]:
    """The jobs of the whole corpus."""
    return jobs_of(FILES)


def test_slices_import_with_stand_ins_of_what_was_inferred_and_hold_every_name(
    every: dict[str, Job], tmp_path: Path
) -> None:
    wrong = {key: said for key, said in prove(every, tmp_path).items() if said}
    assert wrong.keys() - WHOLE_STOPS_TOO - NO_PROOF == set(), wrong
    assert len(every) >= 2400


@pytest.mark.skipif(not DEEP, reason="makes hundreds of environments: OPS0_TESTS=deep")
@pytest.mark.slow
def test_slices_import_in_environments_of_exactly_what_was_inferred(
    every: dict[str, Job], tmp_path: Path
) -> None:
    wrong: list[tuple[str, str]] = []
    told: list[str] = []
    proven = stopped = 0
    for needs, some in by_needs(every).items():
        python = environment(needs, tmp_path / "environment")
        if isinstance(python, str):
            told.append(f"not installed: {' '.join(needs)}: {python}")
            continue
        said = prove(some, tmp_path, str(python))
        wrong += findings(said)
        proven += sum(not one for one in said.values())
        for key, lines in said.items():
            stopped += any(one.startswith("stopped") for one in lines)
            told += [f"{key}: {one}" for one in lines]
    print("\n".join((f"{proven} proven, {stopped} stopped by a service or a file", *told)))
    assert wrong == []


@pytest.fixture
def one() -> Job:
    file = CASES / "shop_warehouse" / "postgres.py"
    return jobs_of([file])["shop_warehouse/postgres.py:Postgres.frame"]


def test_the_proof_sees_a_need_that_is_missing(one: Job, tmp_path: Path) -> None:
    allowed, foreign = one["standins"]
    less = one | {"standins": [[name for name in allowed if name != "yaml"], foreign]}
    (said,) = prove({"one": less}, tmp_path)["one"]
    assert said.startswith("import: No module named 'yaml'")


def test_the_proof_sees_a_name_that_is_missing(one: Job, tmp_path: Path) -> None:
    text, original = one["files"]["postgres.py"]
    less = one | {"files": {"postgres.py": [text.replace("import pandas as pd", ""), original]}}
    assert prove({"one": less}, tmp_path)["one"] == ["name: pd (line 26)"]


def test_the_proof_sees_an_import_in_a_body_that_is_missing(tmp_path: Path) -> None:
    key = "mixtures_rdkit/descriptors.py:scaled"
    less = jobs_of([CASES / "mixtures_rdkit" / "descriptors.py"])[key] | {"standins": [[], []]}
    assert prove({key: less}, tmp_path)[key] == [
        "import in a body: No module named 'sklearn' (line 30)"
    ]


def test_the_proof_sees_lines_that_are_not_the_originals(tmp_path: Path) -> None:
    key = "house_trips/extract.py:newest"
    job = jobs_of([CASES / "house_trips" / "extract.py"])[key]
    text, original = job["files"]["extract.py"]
    moved = job | {"files": {"extract.py": ["\n" + text, original]}}
    assert prove({key: moved}, tmp_path)[key] == ["lines: extract.py: newest is not the original's"]
