import argparse
import logging
import os

import numpy as np
import torch
from Bio import SeqIO
from scipy.spatial.distance import cityblock
from util import Embedding, Transform, load_model

os.makedirs("logs", exist_ok=True)
logging.basicConfig(filename="logs/search.log", level=logging.INFO, format="%(message)s")


def embedded(path, tokenizer, model, device, layer) -> np.ndarray:
    with open(path) as file:
        for record in SeqIO.parse(file, "fasta"):
            one = Embedding(record.id, str(record.seq))
    one.embed(tokenizer, model, device, layer)
    return one.vector[1]


def transformed(path, tokenizer, model, device, args: argparse.Namespace) -> Transform:
    whole = Transform(path, None)
    for at, layer in enumerate(args.layers):
        part = Transform(path, np.array(embedded(path, tokenizer, model, device, layer)))
        part.both_ways(args.rows[at], args.columns[at])
        whole.joined(part.made[1])
    return whole


def alike(one: np.ndarray, other: np.ndarray, metric: str) -> float:
    if metric == "cosine":
        return float(np.dot(one, other) / (np.linalg.norm(one) * np.linalg.norm(other)))
    return float(1 / cityblock(one, other))


def searched(query: np.ndarray, known: np.ndarray, most: int, metric: str) -> dict:
    scores = {}
    for family, vector in known:
        scores.setdefault(family, []).append(alike(vector, query, metric))
    return {key: scores[key] for key in sorted(scores, key=scores.get, reverse=True)[:most]}


def noted(query, found):
    logging.info(query)
    for family, score in list(found.items())[:5]:
        logging.info("%s,%s", family, score)
    return query.split("/")[0] in found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--known", default="known.npy")
    parser.add_argument("--layers", type=int, nargs="+", default=[17])
    parser.add_argument("--rows", type=int, nargs="+", default=[8])
    parser.add_argument("--columns", type=int, nargs="+", default=[80])
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer, model = load_model(device)
    known = np.load(args.known, allow_pickle=True)
    for name in os.listdir("proteins"):
        query = transformed(f"proteins/{name}", tokenizer, model, device, args)
        noted(name, searched(query.made[1], known, 100, "cityblock"))


if __name__ == "__main__":
    main()
