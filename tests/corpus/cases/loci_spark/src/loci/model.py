from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import skops.io as sio
from huggingface_hub import HfApi, ModelCard, ModelCardData, create_repo
from loci.dataset.dataset import Features
from loci.external.cloud import copy_up, secret
from sklearn.ensemble import GradientBoostingClassifier
from xgboost import XGBClassifier

if TYPE_CHECKING:
    from loci.common.session import Session
    from pyspark.sql import DataFrame


@dataclass
class Model:
    model: Any = XGBClassifier(random_state=42, eval_metric="aucpr")
    columns: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=lambda: {"max_depth": 5, "subsample": 0.8})
    trained_on: Features | None = None

    def __post_init__(self) -> None:
        self.model.set_params(**self.settings)

    @classmethod
    def from_disk(cls, session: Session, path: str, name: str = "classifier.skops", **kwargs: Any) -> Model:
        file = (Path(path) / name).as_posix()
        loaded = sio.load(file, trusted=sio.get_untrusted_types(file=file))
        try:
            rows = pd.concat([pd.read_parquet(Path(path) / "train.parquet"), pd.read_parquet(Path(path) / "test.parquet")])
            trained_on = Features(_df=session.spark.createDataFrame(rows))
        except Exception as fault:
            logging.error("without training data: %s", fault)
            trained_on = None
        if isinstance(loaded, GradientBoostingClassifier) and not hasattr(loaded, "estimators_"):
            raise ValueError("the model is not fitted")
        return cls(model=loaded, trained_on=trained_on, **kwargs)

    @classmethod
    def from_hub(cls, session: Session, repo: str, token: str | None = None) -> Model:
        from huggingface_hub import snapshot_download

        def columns_of(folder: str) -> list[str]:
            with open(Path(folder) / "config.json") as file:
                return json.load(file)["sklearn"]["columns"]

        folder = snapshot_download(repo_id=repo, local_dir=repo, token=token)
        return cls.from_disk(session, folder, columns=columns_of(folder))

    def fit(self, features: Features) -> Model:
        rows, _ = features.frames()
        self.model.fit(rows[features.columns()].apply(pd.to_numeric).values, rows["gold"])
        return self

    def predict(self, features: Features, session: Session) -> DataFrame:
        rows = features.df.toPandas()
        rows["score"] = self.model.predict_proba(rows.drop(features.fixed, axis=1).apply(pd.to_numeric).values)[:, 1]
        return session.spark.createDataFrame(rows)

    def save(self, path: str) -> None:
        if path.startswith("gs://"):
            local = path.rsplit("/", maxsplit=1)[-1]
            sio.dump(self.model, local)
            copy_up(local, path)
        else:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            sio.dump(self.model, path)

    def card(self, folder: str) -> None:
        card = ModelCard.from_template(ModelCardData(language="en", license="mit", library_name="sklearn"))
        card.save(Path(folder) / "README.md")

    def publish(self, path: str, features: Features, repo: str, project: str) -> None:
        import shutil
        import tempfile

        from sklearn import __version__ as sklearn_version

        token = secret("hub-token", project)
        with tempfile.TemporaryDirectory() as folder:
            train, test = features.frames(0.15)
            train.to_parquet(Path(folder) / "train.parquet")
            test.to_parquet(Path(folder) / "test.parquet")
            shutil.copy(path, Path(folder) / "classifier.skops")
            (Path(folder) / "requirements.txt").write_text(f"scikit-learn=={sklearn_version}\n")
            self.card(folder)
            create_repo(repo, exist_ok=True, token=token)
            HfApi(token=token).upload_folder(folder_path=folder, repo_id=repo)
