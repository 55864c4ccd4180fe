"""Batches by what the settings say."""

import json

import pandas as pd

from peaks.batches import Batches

COLUMNS = ["chrom", "start", "end", "summit"]


def fold_of(path):
    with open(path) as text:
        splits = json.load(text)
    return splits["train"], splits["valid"], splits["test"]


def table(path):
    return pd.read_csv(path, sep="\t", header=None, names=COLUMNS)


def only(frame, chroms):
    return frame[frame["chrom"].isin(chroms)]


def batches(args, mode, settings):
    train, valid, test = fold_of(args.folds)
    chroms = {"train": train, "valid": valid, "test": test}[mode]
    peaks = only(table(args.peaks), chroms)
    others = only(table(args.others), chroms) if args.others else None
    return Batches(
        peaks=peaks, others=others, fasta=args.genome, bigwig=args.bigwig, size=args.batch_size,
        wide=int(settings["wide"]), narrow=int(settings["narrow"]), jitter=int(settings["jitter"]),
        part=float(settings["part"]), turn=mode == "train", shuffle=mode == "train",
    )
