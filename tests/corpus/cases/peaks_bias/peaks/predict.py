"""Predicts, and says how well."""

import argparse
import json

import h5py
import numpy as np
import tensorflow as tf
from tensorflow.keras.models import load_model
from tensorflow.keras.utils import get_custom_objects

import peaks.losses as losses
import peaks.metrics as metrics
import peaks.start as start


def written(prefix, profiles, counts):
    to = h5py.File(f"{prefix}_predictions.h5", "w")
    group = to.create_group("predictions")
    group.create_dataset("profiles", data=profiles, dtype=float, compression="gzip")
    group.create_dataset("counts", data=counts, dtype=float, compression="gzip")
    to.close()


def loaded(path):
    get_custom_objects().update({"tf": tf, "multinomial": losses.multinomial})
    return load_model(path)


def softmax(x, heat=1):
    centred = x - np.mean(x, axis=1, keepdims=True)
    return np.exp(heat * centred) / np.sum(np.exp(heat * centred), axis=1, keepdims=True)


def by_batch(model, batches):
    true, profiles, sums = [], [], []
    for i in range(len(batches)):
        x, y = batches[i]
        told = model.predict_on_batch(x)
        true.extend(y[0])
        profiles.extend(softmax(told[0]))
        sums.extend(told[1][:, 0])
    return np.array(true), np.array(profiles), np.array(sums)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--prefix", required=True)
    return parser.parse_args()


def main():
    args = arguments()
    model = loaded(args.model)
    batches = start.batches(args, "test", {"wide": 2114, "narrow": 1000, "jitter": 0, "part": 1})
    true, profiles, sums = by_batch(model, batches)
    written(args.prefix, profiles, sums)
    distance = metrics.profile_scores(true, profiles)
    scores = {"counts": metrics.count_scores(true.sum(-1), sums, args.prefix), "profile": float(np.nanmedian(distance))}
    metrics.histogram(distance, args.prefix)
    with open(args.prefix + "_metrics.json", "w") as to:
        json.dump(scores, to, indent=4)


if __name__ == "__main__":
    main()
