import pandas as pd

import descriptors


def table(path):
    start = pd.read_csv(path)
    molecules = descriptors.parsed(start["smiles"])
    return pd.concat([start, descriptors.flat(molecules), descriptors.spatial(molecules)], axis=1)


def kept(frame, least=0.01):
    return frame.loc[:, frame.var(numeric_only=True) > least]


def main():
    kept(table("measured.csv")).to_csv("descriptors.csv", index=False)


if __name__ == "__main__":
    main()
