from __future__ import annotations

import click
from loci.common.session import Session
from loci.dataset.dataset import Features, Loci
from loci.model import Model
from pyspark.sql import functions as f


class ScoreStep:
    def __init__(self, session: Session, *, loci_path: str, features_path: str, out: str, threshold: float = 0.05) -> None:
        self.session = session
        self.out = out
        self.threshold = threshold
        self.loci = Loci.from_parquet(session, loci_path).valid("p", "beta")
        self.features = Features.from_parquet(session, features_path, recursiveFileLookup=True)

    def scores(self, model: Model):
        return model.predict(self.features, self.session).filter(f.col("score") > self.threshold)

    def run(self, model: Model) -> None:
        joined = self.scores(model).join(self.loci.with_z().df, on="locus", how="inner")
        joined.coalesce(self.session.partitions).write.mode(self.session.mode.value).parquet(self.out)


def train(session: Session, features_path: str, model_path: str) -> None:
    features = Features.from_parquet(session, features_path)
    Model(columns=features.columns()).fit(features).save(model_path)


def strongest(rows, limit=20):
    return [(row.locus, row.score) for row in rows.orderBy(f.desc("score")).limit(limit).collect()]


def shown(pairs):
    for locus, score in pairs:
        click.echo(f"{locus}\t{score:.3f}")


@click.command()
@click.option("--loci", "loci_path", required=True)
@click.option("--features", "features_path", required=True)
@click.option("--model", "repo", required=True)
@click.option("--out", required=True)
def score(loci_path: str, features_path: str, repo: str, out: str) -> None:
    session = Session(with_hail=False)
    step = ScoreStep(session, loci_path=loci_path, features_path=features_path, out=out)
    model = Model.from_hub(session, repo)
    step.run(model)
    shown(strongest(step.scores(model)))


if __name__ == "__main__":
    score()
