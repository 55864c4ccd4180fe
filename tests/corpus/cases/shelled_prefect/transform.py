import numpy as np
import pandas as pd


def cleaned(frame):
    frame = frame.dropna()
    frame["log_income"] = np.log1p(frame["income"])
    return frame


if __name__ == "__main__":
    cleaned(pd.read_csv("raw.csv")).to_csv("clean.csv", index=False)
