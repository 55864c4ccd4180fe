"""Training on workers of Ray."""
import datetime
import json
import os
import tempfile
from typing import Tuple

import numpy as np
import ray
import ray.train as train
import torch
import torch.nn as nn
import torch.nn.functional as F
import typer
from ray.air.integrations.mlflow import MLflowLoggerCallback
from ray.data import Dataset
from ray.train import Checkpoint, CheckpointConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchTrainer
from torch.nn.parallel.distributed import DistributedDataParallel
from transformers import BertModel
from typing_extensions import Annotated

from papers import helping, network, reading
from papers.settings import BASE_MODEL, SHARE, TRACKING, log

app = typer.Typer()


def one_epoch(shard: Dataset, size: int, model: nn.Module, count: int, loss_of: torch.nn.Module, optimizer: torch.optim.Optimizer) -> float:
    model.train()
    mean = 0.0
    for number, batch in enumerate(shard.iter_torch_batches(batch_size=size, collate_fn=helping.collated)):
        optimizer.zero_grad()
        targets = F.one_hot(batch["targets"], num_classes=count).float()
        loss = loss_of(model(batch), targets)
        loss.backward()
        optimizer.step()
        mean += (loss.detach().item() - mean) / (number + 1)
    return mean


def judged(shard: Dataset, size: int, model: nn.Module, count: int, loss_of: torch.nn.Module) -> Tuple[float, np.ndarray, np.ndarray]:
    model.eval()
    mean, true, said = 0.0, [], []
    with torch.inference_mode():
        for number, batch in enumerate(shard.iter_torch_batches(batch_size=size, collate_fn=helping.collated)):
            out = model(batch)
            loss = loss_of(out, F.one_hot(batch["targets"], num_classes=count).float()).item()
            mean += (loss - mean) / (number + 1)
            true.extend(batch["targets"].cpu().numpy())
            said.extend(torch.argmax(out, dim=1).cpu().numpy())
    return mean, np.vstack(true), np.vstack(said)


def worker(config: dict) -> None:
    helping.seeded()
    shard, held = train.get_dataset_shard("train"), train.get_dataset_shard("val")
    body = BertModel.from_pretrained(BASE_MODEL, return_dict=False)
    model = network.Tagger(body=body, dropout=config["dropout"], width=body.config.hidden_size, count=config["count"])
    model = train.torch.prepare_model(model)
    loss_of = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=config["lr"])
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", patience=config["patience"])
    size = config["size"] // train.get_context().get_world_size()
    for epoch in range(config["epochs"]):
        seen = one_epoch(shard, size, model, config["count"], loss_of, optimizer)
        unseen, _, _ = judged(held, size, model, config["count"], loss_of)
        scheduler.step(unseen)
        with tempfile.TemporaryDirectory() as folder:
            inner = model.module if isinstance(model, DistributedDataParallel) else model
            inner.save(folder)
            told = dict(epoch=epoch, lr=optimizer.param_groups[0]["lr"], train_loss=seen, val_loss=unseen)
            train.report(told, checkpoint=Checkpoint.from_directory(folder))


@app.command()
def train_model(
    experiment: Annotated[str, typer.Option(help="its name")] = None,
    where: Annotated[str, typer.Option(help="the papers")] = None,
    config: Annotated[str, typer.Option(help="as JSON")] = "{}",
    workers: Annotated[int, typer.Option(help="how many")] = 1,
    out: Annotated[str, typer.Option(help="a file for the results")] = None,
) -> ray.train.Result:
    config = json.loads(config)
    scaling = ScalingConfig(num_workers=workers, use_gpu=False)
    keep = CheckpointConfig(num_to_keep=1, checkpoint_score_attribute="val_loss", checkpoint_score_order="min")
    tracker = MLflowLoggerCallback(tracking_uri=TRACKING, experiment_name=experiment, save_artifact=True)
    run = RunConfig(callbacks=[tracker], checkpoint_config=keep, storage_path=str(SHARE))
    seen, unseen = reading.split_by(reading.read_papers(where, config.get("count")), column="tag", share=0.2)
    preparer = reading.Preparer().fit(seen)
    config["count"] = len(preparer.numbers)
    parts = {"train": preparer.transform(seen).materialize(), "val": preparer.transform(unseen).materialize()}
    trainer = TorchTrainer(train_loop_per_worker=worker, train_loop_config=config, scaling_config=scaling, run_config=run, datasets=parts)
    result = trainer.fit()
    told = {
        "at": datetime.datetime.now().isoformat(),
        "run": helping.run_of(experiment, result.metrics["trial_id"]),
        "metrics": helping.rows_of(result.metrics_dataframe.to_dict(), keys=["epoch", "train_loss", "val_loss"]),
    }
    log.info(json.dumps(told, indent=2))
    if out:
        helping.write_json(told, out)
    return result


if __name__ == "__main__":
    if ray.is_initialized():
        ray.shutdown()
    ray.init(runtime_env={"env_vars": {"HOME": os.environ["HOME"]}})
    app()
