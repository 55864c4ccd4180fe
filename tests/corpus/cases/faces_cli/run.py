"""Moods of faces.

python run.py train [--epochs 10] | test | predict --image a.jpg | check
"""

import argparse
import os
import sys

if sys.stdout.encoding and sys.stdout.encoding.lower() != "utf-8":
    try:
        sys.stdout.reconfigure(encoding="utf-8")
    except Exception:
        pass


def train(given):
    from train import trained

    trained(epochs=given.epochs)


def test(given):
    from train import trained

    trained(only_test=True)


def predict(given):
    from predict import one

    print(one(given.image, find_face=not given.whole))


def check(given):
    for part in ("train", "test"):
        assert os.path.exists(os.path.join("data", part)), part
    from predict import NAMES, one

    name, shares = one("data/test/glad/1.jpg", find_face=False)
    assert name in NAMES
    import numpy as np

    print(np.round(shares, 2))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command")
    one = commands.add_parser("train")
    one.add_argument("--epochs", type=int, default=10)
    commands.add_parser("test")
    two = commands.add_parser("predict")
    two.add_argument("--image", required=True)
    two.add_argument("--whole", action="store_true")
    commands.add_parser("check")
    given = parser.parse_args()
    if given.command is None:
        parser.print_help()
        sys.exit(1)
    {"train": train, "test": test, "predict": predict, "check": check}[given.command](given)


if __name__ == "__main__":
    main()
