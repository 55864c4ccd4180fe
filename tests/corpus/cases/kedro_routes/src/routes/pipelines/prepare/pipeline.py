from kedro.pipeline import Pipeline, node, pipeline

from .nodes import join, lines, names, stops


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(func=lines, inputs="raw_lines", outputs="lines", name="lines_node"),
            node(func=stops, inputs="raw_stops", outputs=["stops", "stops_report"]),
            node(join, ["lines", "stops", "distances"], "table"),
            node(names, "parameters", "names"),
        ]
    )
