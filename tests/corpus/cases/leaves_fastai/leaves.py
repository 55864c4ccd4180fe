"""Names sick leaves of cassava with fastai, and shows what it gets wrong."""

import argparse
from functools import partial
from pathlib import Path

import pandas as pd
import timm
from fastai.callback.tensorboard import TensorBoardCallback
from fastai.callback.wandb import WandbCallback
from fastai.vision.all import (
    ClassificationInterpretation,
    ImageDataLoaders,
    Resize,
    SaveModelCallback,
    accuracy,
    aug_transforms,
    get_image_files,
    load_learner,
    vision_learner,
)


def rows_of(folder):
    rows = pd.read_csv(folder / "train.csv")
    rows["path"] = rows["image_id"].map(lambda name: str(folder / "train" / name))
    return rows[["path", "label"]]


def loaders(folder, side):
    rows = rows_of(folder)
    return ImageDataLoaders.from_df(
        rows, "/", valid_pct=0.2, seed=7, item_tfms=Resize(side * 2), batch_tfms=aug_transforms(size=side), bs=32
    )


def followers(board, project):
    kept = [SaveModelCallback(monitor="accuracy", fname="best")]
    if board:
        kept.append(TensorBoardCallback(log_dir=board, trace_model=False))
    if project:
        import wandb

        wandb.init(project=project)
        kept.append(WandbCallback(log_preds=False))
    return kept


def learner(data, name):
    if name not in timm.list_models():
        raise SystemExit(f"no such model: {name}")
    return vision_learner(data, name, metrics=[accuracy])


def trained(folder, name, epochs, board, project):
    data = loaders(folder, 224)
    learn = learner(data, name)
    rate = learn.lr_find(show_plot=False).valley
    learn.fine_tune(epochs, base_lr=rate, cbs=followers(board, project))
    learn.export("leaves.pkl")
    return learn


def shown(learn, folder):
    told = ClassificationInterpretation.from_learner(learn)
    told.plot_confusion_matrix(figsize=(6, 6))
    told.plot_top_losses(6)
    worst = pd.DataFrame(told.most_confused(min_val=2), columns=["was", "said", "times"])
    worst.to_csv(folder / "confused.csv", index=False)


def said(path, pictures):
    learn = load_learner(path)
    found = get_image_files(pictures)
    guesses, _ = learn.get_preds(dl=learn.dls.test_dl(found))
    names = learn.dls.vocab
    return {one.name: names[int(at)] for one, at in zip(found, guesses.argmax(dim=1))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="convnext_tiny")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--board", type=Path)
    parser.add_argument("--project")
    args = parser.parse_args()
    train = partial(trained, args.folder, args.model, args.epochs)
    shown(train(board=args.board, project=args.project), args.folder)
    print(said("leaves.pkl", args.folder / "test"))


if __name__ == "__main__":
    main()
