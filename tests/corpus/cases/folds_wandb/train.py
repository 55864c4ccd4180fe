"""Folds of LightGBM, told to Weights & Biases where that is wanted. With Hydra."""

import os
import random
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import hydra
import lightgbm as lgb
import numpy as np
import pandas as pd
from hydra.utils import to_absolute_path
from omegaconf import DictConfig, OmegaConf
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold


def seed_all(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)


def with_features(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy()
    if "field" in frame.columns:
        frame["field"] = frame["field"].astype("object").fillna("?").astype(str)
        frame["is_it"] = frame["field"].str.contains("IT", regex=False).astype(int)
    return frame


def without_gaps(train: pd.DataFrame, test: pd.DataFrame, most: float) -> Tuple[pd.DataFrame, pd.DataFrame, List[str]]:
    missing = train.isna().mean()
    dropped = missing[missing > most].index.tolist()
    return train.drop(columns=dropped), test.drop(columns=dropped, errors="ignore"), dropped


def few_values(frame: pd.DataFrame, most: int) -> List[str]:
    return [one for one in frame.columns if pd.api.types.is_numeric_dtype(frame[one]) and frame[one].nunique() <= most]


def categorical(train: pd.DataFrame, test: pd.DataFrame, columns: List[str]) -> Tuple[pd.DataFrame, pd.DataFrame]:
    for column in columns:
        known = train[column].astype("object")
        values = pd.Index(known.where(known.notna(), "?").astype(str).unique()).append(pd.Index(["new"]))
        train[column] = pd.Categorical(known, categories=values)
        test[column] = pd.Categorical(test[column].where(test[column].isin(values), "new"), categories=values)
    return train, test


def run_of(cfg: DictConfig):
    if not cfg.wandb.enable:
        return None
    try:
        import wandb

        return wandb.init(project=cfg.wandb.project, config=OmegaConf.to_container(cfg, resolve=True))
    except Exception as error:
        print(f"goes on without: {error}")
        return None


def told(run, values: Dict[str, Any], step: Optional[int] = None) -> None:
    if run is None:
        return
    import wandb

    wandb.log(values, step=step)


def kept(run, path: Path, name: str) -> None:
    if run is None:
        return
    import wandb

    artifact = wandb.Artifact(name=name, type="output")
    artifact.add_file(str(path))
    run.log_artifact(artifact)


def threshold_of(known: np.ndarray, guessed: np.ndarray, step: float = 0.01) -> Tuple[float, float]:
    best, where = -1.0, 0.5
    for at in np.arange(0.1, 0.9, step):
        score = f1_score(known, (guessed >= at).astype(int))
        if score > best:
            best, where = float(score), float(at)
    return where, best


def folds(cfg: DictConfig, x: pd.DataFrame, y: pd.Series, test: pd.DataFrame, run) -> Tuple[np.ndarray, np.ndarray]:
    settings = dict(OmegaConf.to_container(cfg.model, resolve=True))
    out = np.zeros(len(x), dtype=float)
    total = np.zeros(len(test), dtype=float)
    splitter = StratifiedKFold(n_splits=int(cfg.train.folds), shuffle=True, random_state=1)
    for number, (train, rest) in enumerate(splitter.split(x, y), start=1):
        model = lgb.LGBMClassifier(**settings)
        model.fit(
            x.iloc[train],
            y.iloc[train],
            eval_set=[(x.iloc[rest], y.iloc[rest])],
            callbacks=[lgb.early_stopping(stopping_rounds=50), lgb.log_evaluation(period=100)],
        )
        out[rest] = model.predict_proba(x.iloc[rest])[:, 1]
        total += model.predict_proba(test)[:, 1]
        told(run, {"auc": roc_auc_score(y.iloc[rest], out[rest])}, step=number)
        model.booster_.save_model(f"fold{number}.txt")
    return out, total / int(cfg.train.folds)


@hydra.main(config_path="conf", config_name="config", version_base=None)
def main(cfg: DictConfig) -> None:
    seed_all(int(cfg.train.seed))
    run = run_of(cfg)
    train = with_features(pd.read_csv(to_absolute_path(cfg.data.train)))
    test = with_features(pd.read_csv(to_absolute_path(cfg.data.test)))
    y = train.pop("done").astype(int)
    train, test, dropped = without_gaps(train, test, most=0.9)
    train, test = categorical(train, test, few_values(train, 20))
    out, guessed = folds(cfg, train, y, test, run)
    at, score = threshold_of(y.values, out)
    told(run, {"threshold": at, "f1": score, "dropped": len(dropped)})
    path = Path(cfg.train.out)
    pd.DataFrame({"done": (guessed >= at).astype(int)}).to_csv(path, index=False)
    kept(run, path, "submission")
    if run is not None:
        run.summary["f1"] = score
        run.finish()


if __name__ == "__main__":
    main()
