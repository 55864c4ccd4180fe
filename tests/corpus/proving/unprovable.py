"""The functions of the corpus that stand-ins of their libraries cannot prove, and why."""

WHOLE_STOPS_TOO = frozenset(
    {
        # It opens a file when it is imported that its project never had.
        "boosting_search/search.py:load",
        "stations_genetic/stations.py:_worth",
        "stations_genetic/stations.py:worth",
        # It wants an address in the environment.
        "flows_camelot/flows.py:main",
        "flows_camelot/flows.py:noted",
        "notes_weaviate/ingest.py:connected",
        "notes_weaviate/ingest.py:main",
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
