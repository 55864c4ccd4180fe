import csv
import hashlib

FEATURES = ("age", "patents", "papers", "funds")
TARGETS = {"signal_12m": 12, "signal_36m": 36}


def read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def part_of(row, target, fold=0):
    number = int(hashlib.md5(row["family"].encode()).hexdigest(), 16) % 10
    return "test" if number == fold else "valid" if number == (fold + 1) % 10 else "train"


def matrix(rows, features):
    return [[float(row[name] or "nan") for name in features] for row in rows]
