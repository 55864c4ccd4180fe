import random
from typing import Dict, Tuple

import numpy as np
import torch
from bentoml.pytorch import save
from net import Net
from sklearn.model_selection import KFold
from source import digits, loader, loader_of
from torch.nn import CrossEntropyLoss
from torch.utils.data import DataLoader

ROUNDS = 2
FOLDS = 4

SEED = 11
random.seed(SEED)
np.random.seed(SEED)
torch.manual_seed(SEED)
torch.cuda.manual_seed_all(SEED)
torch.backends.cudnn.benchmark = False
torch.backends.cudnn.deterministic = True


def cross_validate(rounds=ROUNDS, folds=FOLDS) -> Dict[int, float]:
    scores = {}
    dataset = digits(train=True)
    splits = KFold(n_splits=folds, shuffle=True)
    for fold, (known, unseen) in enumerate(splits.split(dataset)):
        known_loader = loader_of(dataset, torch.utils.data.SubsetRandomSampler(known))
        unseen_loader = loader_of(dataset, torch.utils.data.SubsetRandomSampler(unseen))
        model = Net()
        optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
        loss_of = CrossEntropyLoss()
        for number in range(rounds):
            one_round(model, optimizer, loss_of, known_loader, number)
        right, total = judge(model, unseen_loader)
        scores[fold] = 100.0 * right / total
        print(f"fold {fold}: {scores[fold]:.1f} %")
    print(f"on average {sum(scores.values()) / len(scores):.1f} %")
    return scores


def one_round(model, optimizer, loss_of, batches, number, device="cpu"):
    model.train()
    for index, (pictures, labels) in enumerate(batches):
        pictures, labels = pictures.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = loss_of(model(pictures), labels)
        loss.backward()
        optimizer.step()
        if index % 200 == 0:
            print(f"{number}: {index}/{len(batches)}, loss {loss.item():.4f}")


def train(rounds=ROUNDS, rate=3e-4, device="cpu"):
    batches = loader(train=True)
    model = Net()
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    loss_of = CrossEntropyLoss()
    for number in range(rounds):
        one_round(model, optimizer, loss_of, batches, number, device)
    return model


def judge(model: Net, batches: DataLoader = None, device="cpu") -> Tuple[int, int]:
    right, total = 0, 0
    if batches is None:
        batches = loader(train=False)
    model.eval()
    with torch.no_grad():
        for pictures, labels in batches:
            pictures, labels = pictures.to(device), labels.to(device)
            _, guessed = torch.max(model(pictures).data, 1)
            total += labels.size(0)
            right += (guessed == labels).sum().item()
    return right, total


if __name__ == "__main__":
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    cross = cross_validate(ROUNDS, FOLDS)
    model = train(ROUNDS, 3e-4, device.type)
    right, total = judge(model, loader(train=False), device.type)
    save("digits", model, metadata={"right": right / total, "folds": cross})
