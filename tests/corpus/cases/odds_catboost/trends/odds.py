from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np

from .rows import FEATURES, TARGETS, matrix, part_of, read_csv


def _sigmoid(values):
    values = np.asarray(values, dtype=float)
    return 1 / (1 + np.exp(-np.clip(values, -50, 50)))


def temperature_of(logits, labels):
    logits, labels = np.asarray(logits, dtype=float), np.asarray(labels, dtype=float)
    candidates = np.exp(np.linspace(math.log(0.2), math.log(5.0), 201))
    losses = []
    for value in candidates:
        p = np.clip(_sigmoid(logits / value), 1e-9, 1 - 1e-9)
        losses.append(np.average(-(labels * np.log(p) + (1 - labels) * np.log1p(-p))))
    return float(candidates[int(np.argmin(losses))])


def _weights(rows):
    counts = Counter(row["family"] for row in rows)
    return np.asarray([1 / counts[row["family"]] for row in rows]).tolist()


def _varying(rows):
    return [name for name in FEATURES if len({row[name] for row in rows}) > 1]


def _metrics(labels, odds, weights):
    from sklearn.metrics import brier_score_loss, roc_auc_score

    labels, odds = np.asarray(labels, dtype=int), np.asarray(odds, dtype=float)
    return {
        "rows": len(labels),
        "brier": float(brier_score_loss(labels, odds, sample_weight=weights)),
        "roc_auc": float(roc_auc_score(labels, odds, sample_weight=weights)),
    }


def trained(rows, folder, rounds=800, target="signal_36m"):
    try:
        from catboost import CatBoostClassifier, Pool
    except ImportError as error:
        raise ImportError("install trends[models]") from error
    parts = {name: [row for row in rows if part_of(row, target) == name] for name in ("train", "valid", "test")}
    features = _varying(parts["train"])
    pools = {
        name: Pool(matrix(some, features), [int(row[target]) for row in some], weight=_weights(some), feature_names=features)
        for name, some in parts.items()
    }
    model = CatBoostClassifier(depth=6, iterations=rounds, verbose=False, allow_writing_files=False)
    model.fit(pools["train"], eval_set=pools["valid"], early_stopping_rounds=100)
    labels = {name: [int(row[target]) for row in some] for name, some in parts.items()}
    temperature = temperature_of(model.predict(pools["valid"], prediction_type="RawFormulaVal"), labels["valid"])
    logits = model.predict(pools["test"], prediction_type="RawFormulaVal")
    report = {
        "months": TARGETS[target],
        "features": features,
        "temperature": temperature,
        "best": model.get_best_iteration(),
        "metrics": _metrics(labels["test"], _sigmoid(logits / temperature), np.ones(len(labels["test"]))),
    }
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_model(str(folder / "odds.cbm"))
    (folder / "odds.json").write_text(json.dumps(report))
    return report


def trained_from(path, folder, rounds=800):
    return trained(read_csv(path), folder, rounds)


def explained(model, row, report, top=12):
    from catboost import Pool

    names = report["features"]
    pool = Pool(matrix([row], names), feature_names=names)
    raw = float(model.predict(pool, prediction_type="RawFormulaVal")[0])
    shares = model.get_feature_importance(pool, type="ShapValues")[0]
    order = sorted(range(len(names)), key=lambda i: abs(shares[i]), reverse=True)[:top]
    return {"odds": float(_sigmoid(raw / report["temperature"])), "why": {names[i]: float(shares[i]) for i in order}}
