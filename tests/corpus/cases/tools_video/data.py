"""Frames of surgical videos: sets, loaders, and what is done to them."""
import os
import random

import cv2
import numpy as np
import torch
from monai.data import CacheDataset, DataLoader, list_data_collate, load_decathlon_datalist
from monai.transforms import (
    AsDiscrete,
    Compose,
    EnsureChannelFirstd,
    Lambdad,
    LoadImaged,
    RandFlipd,
    RandRotated,
    Resized,
    ScaleIntensityd,
)
from torch.utils.data import Dataset, WeightedRandomSampler

KEYS = ("image", "label")


class Frames(Dataset):
    def __init__(self, cfg, df, mode="train"):
        self.cfg = cfg
        self.df = df.copy()
        self.mode = mode
        self.labels = self.df[cfg.labels].values
        self.augment = cfg.train_aug if mode == "train" else cfg.val_aug
        self.folders = {name: part for name, part in self.df.groupby("clip")}

    def __getitem__(self, number):
        row = self.df.iloc[number]
        image = self.picture(row)
        if self.augment:
            image = self.augment({"image": image})["image"]
        return {"input": image, "label": torch.as_tensor(self.labels[number]).float()}

    def __len__(self):
        return len(self.df)

    def picture(self, row):
        path = os.path.join(self.cfg.folder, row["clip"], f"{row['frame']}.jpg")
        image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        return np.transpose(image, (2, 0, 1))


def seeded(seed):
    if seed < 0:
        seed = np.random.randint(1_000_000)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    return seed


def seed_worker(number):
    np.random.seed(torch.initial_seed() % 2**32)


def loader_of(found, cfg, train=True):
    sampler = None
    if train and cfg.weighted:
        weights = 1 / found.df.groupby("clip")["frame"].transform("count")
        sampler = WeightedRandomSampler(weights.values, len(weights))
    return torch.utils.data.DataLoader(found, batch_size=cfg.batch, sampler=sampler, worker_init_fn=seed_worker)


def mixed(inputs, labels, alpha=1.0):
    share = np.random.beta(alpha, alpha)
    order = torch.randperm(inputs.size(0)).to(inputs.device)
    return share * inputs + (1 - share) * inputs[order], labels, labels[order], share


def transforms(train):
    steps = [
        LoadImaged(keys=KEYS),
        EnsureChannelFirstd(keys=KEYS),
        Lambdad(keys="label", func=lambda x: x[:1]),
        Resized(keys=KEYS, spatial_size=(736, 480), mode=("bilinear", "nearest")),
        ScaleIntensityd(keys=KEYS),
    ]
    if train:
        steps += [RandFlipd(keys=KEYS, prob=0.5), RandRotated(keys=KEYS, range_x=np.pi, prob=0.8)]
    return Compose(steps)


def volumes(path, section, train):
    listed = load_decathlon_datalist(path, data_list_key=section)
    return DataLoader(CacheDataset(listed, transform=transforms(train), cache_rate=0.5), batch_size=2, collate_fn=list_data_collate)


def after(labels):
    return Compose([AsDiscrete(argmax=True, to_onehot=labels)])
