"""The pipeline of kinds."""

from kedro.pipeline import Pipeline, node, pipeline

from .nodes import best, by_density, by_means, by_tree, compared, drawn, forest, logistic, measured, split


def create_pipeline(**kwargs) -> Pipeline:
    found = pipeline(
        [
            node(by_means, ["parts", "params:means"], "means"),
            node(by_density, ["parts", "params:density"], "density"),
            node(by_tree, ["parts", "params:tree"], "tree"),
            node(best, ["means", "density", "tree"], "kinds"),
        ]
    )
    learned = pipeline(
        [
            node(split, ["players", "params:split"], ["known", "unseen", "known_target", "unseen_target"]),
            node(logistic, ["known", "known_target", "params:logistic"], "logistic"),
            node(forest, ["known", "known_target", "params:forest"], "forest"),
            node(measured, ["logistic", "unseen", "unseen_target"], "logistic_told", name="measure_logistic"),
            node(measured, ["forest", "unseen", "unseen_target"], "forest_told", name="measure_forest"),
            node(drawn, ["forest", "unseen", "unseen_target"], "picture"),
            node(compared, ["logistic_told", "forest_told"], "compared"),
        ],
        tags="learned",
    )
    return found + learned
