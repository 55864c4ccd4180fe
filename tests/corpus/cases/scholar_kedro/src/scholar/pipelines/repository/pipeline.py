from kedro.pipeline import Pipeline, node

from . import nodes


def create_pipeline(**kwargs) -> Pipeline:
    return Pipeline(
        [
            node(func=nodes.fetch_tables, inputs=["items", "values", "fields"], outputs=["i", "v", "f"]),
            node(func=nodes.harvest, inputs=["params:endpoint", "params:prefix"], outputs="records"),
            node(func=nodes.with_keys, inputs="records", outputs="keyed"),
        ]
    )
