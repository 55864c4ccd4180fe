"""Learns who repays with XGBoost, told to Comet; draws what it stands on."""

from pathlib import Path

import comet_ml
import joblib
import pandas as pd
import shap
import xgboost as xgb
from imblearn.over_sampling import SMOTENC
from imblearn.pipeline import Pipeline
from sklearn.compose import ColumnTransformer
from sklearn.metrics import average_precision_score, confusion_matrix
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.preprocessing import OneHotEncoder

KINDS = ["region", "purpose"]


def experiment(name):
    comet_ml.login()
    return comet_ml.start(project_name="repaid", experiment_config=comet_ml.ExperimentConfig(name=name))


def parts(path):
    rows = pd.read_parquet(path)
    known = rows.pop("repaid")
    return train_test_split(rows, known, test_size=0.25, stratify=known, random_state=5)


def pipeline(columns):
    kinds = [columns.get_loc(one) for one in KINDS]
    return Pipeline(
        [
            ("more", SMOTENC(categorical_features=kinds, random_state=5)),
            ("codes", ColumnTransformer([("kinds", OneHotEncoder(handle_unknown="ignore"), KINDS)], remainder="passthrough")),
            ("trees", xgb.XGBClassifier(n_estimators=300, eval_metric="aucpr", early_stopping_rounds=None)),
        ]
    )


def judged(model, rows, known):
    chance = cross_val_predict(model, rows, known, cv=StratifiedKFold(5), method="predict_proba")[:, 1]
    return average_precision_score(known, chance), confusion_matrix(known, chance > 0.5)


def told(run, score, table):
    run.log_metric("average_precision", score)
    run.log_confusion_matrix(matrix=table.tolist(), labels=["lost", "repaid"])


def drawn(run, model):
    axes = xgb.plot_importance(model.named_steps["trees"], max_num_features=12)
    run.log_figure("importance", axes.figure)
    tree = xgb.to_graphviz(model.named_steps["trees"], num_trees=0)
    tree.render("tree", format="png")
    run.log_image("tree.png", name="tree")


def explained(run, model, rows):
    values = shap.TreeExplainer(model.named_steps["trees"])(model.named_steps["codes"].transform(rows))
    shap.plots.beeswarm(values, show=False)
    run.log_figure("beeswarm")
    return values


def kept(run, model, folder):
    path = folder / "model.joblib"
    joblib.dump(model, path)
    run.log_model("repaid", str(path))


def main():
    run = experiment("trees")
    train_rows, test_rows, train_known, test_known = parts("loans.parquet")
    model = pipeline(train_rows.columns)
    told(run, *judged(model, train_rows, train_known))
    model.fit(train_rows, train_known)
    drawn(run, model)
    explained(run, model, test_rows)
    kept(run, model, Path("models"))
    run.log_other("left", int(test_known.sum()))
    run.end()


if __name__ == "__main__":
    main()
