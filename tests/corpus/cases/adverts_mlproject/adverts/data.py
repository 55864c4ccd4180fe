import pandas as pd
from sklearn.model_selection import train_test_split

from adverts.settings import NUMBERS, ROOT, WORDS


def load(path=ROOT / "data" / "adverts.csv") -> pd.DataFrame:
    frame = pd.read_csv(path)
    return frame.dropna(subset=["clicked"])


def split(frame, size=0.2, seed=5):
    return train_test_split(frame[NUMBERS + WORDS], frame["clicked"], test_size=size, random_state=seed)
