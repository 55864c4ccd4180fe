import os
from dataclasses import dataclass
from pathlib import Path

from flytekit import ImageSpec, Resources, task, workflow
from flytekit.types.directory import FlyteDirectory

image = ImageSpec(name="canopies", base_image="registry.example.org/canopies:2", registry="registry.example.org")


@dataclass
class Area:
    picture: str = "62d8"
    zoom: int = 18
    size: int = 256
    train: list[float] = None
    test: list[float] = None

    def __post_init__(self):
        if self.train is None:
            self.train = [-9.21, 38.70, -9.18, 38.72]
        if self.test is None:
            self.test = [-9.15, 38.70, -9.13, 38.71]


@task(requests=Resources(cpu="2", mem="4Gi"), cache=True, cache_version="1", container_image=image)
def fetch(area: Area, folder: str = "/tmp/canopies") -> FlyteDirectory:
    from torchgeo.datasets import OpenAerialMap, OpenStreetMap

    for name, box in (("train", area.train), ("test", area.test)):
        path = os.path.join(folder, name)
        os.makedirs(path, exist_ok=True)
        OpenAerialMap(paths=path, bbox=box, zoom=area.zoom, download=True, image_id=area.picture)
        OpenStreetMap(paths=path, bbox=box, classes=[{"name": "tree", "selector": [{"natural": "tree"}]}], download=True)
        print(f"{name} is there")
    return FlyteDirectory(path=folder)


@task(requests=Resources(cpu="4", mem="8Gi", gpu="1"), container_image=image)
def train(data: FlyteDirectory, rounds: int = 4, batch: int = 8, wandb: bool = False) -> FlyteDirectory:
    import pytorch_lightning as pl
    from canopies.net import Canopies, Chips, seed_all
    from canopies.settings import Settings
    from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
    from pytorch_lightning.loggers import WandbLogger

    settings = Settings()
    settings.root = Path(data.path)
    settings.rounds = rounds
    settings.batch = batch
    settings.wandb = wandb
    seed_all(settings.seed)
    stops = [
        EarlyStopping(monitor="score", patience=settings.patience, mode="max"),
        ModelCheckpoint(dirpath=settings.out, filename="best", monitor="score", mode="max"),
    ]
    logger = WandbLogger(project="canopies") if settings.wandb else None
    trainer = pl.Trainer(max_epochs=settings.rounds, callbacks=stops, logger=logger, precision="16-mixed")
    trainer.fit(Canopies(settings), Chips(settings))
    return FlyteDirectory(path=str(settings.out))


@workflow
def canopies_workflow(rounds: int = 4, batch: int = 8, wandb: bool = False) -> FlyteDirectory:
    data = fetch(area=Area())
    return train(data=data, rounds=rounds, batch=batch, wandb=wandb)


if __name__ == "__main__":
    print(canopies_workflow(rounds=2))
