from kedro.pipeline import Pipeline, node, pipeline

from .nodes import (
    fetch_authors,
    fetch_dimensions,
    fetch_works,
    land_author_topics,
    land_authors,
    land_dimensions,
    land_locations,
    land_works,
)


def create_pipeline(**kwargs) -> Pipeline:
    fetching = pipeline(
        [
            node(fetch_authors, ["params:institution", "params:env"], "raw/authors", name="fetch_authors"),
            node(fetch_works, ["params:institution", "params:env"], ["raw/works", "raw/works_dev"]),
            node(fetch_dimensions, None, ["raw/types", "raw/languages", "raw/licenses"]),
        ],
        tags="fetch",
    )
    landing = pipeline(
        [
            node(land_authors, "raw/authors", "ldg/authors"),
            node(land_author_topics, "raw/authors", "ldg/author_topics"),
            node(land_dimensions, ["raw/types", "raw/languages", "raw/licenses"], ["ldg/types", "ldg/languages", "ldg/licenses"]),
            node(land_works, "raw/works", "ldg/works"),
            node(land_locations, "raw/works", "ldg/locations"),
        ],
        tags="land",
    )
    return fetching + landing
