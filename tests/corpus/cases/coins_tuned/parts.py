import pandas as pd
from darts import TimeSeries


def parts_of(coin, count=5):
    frame = pd.read_feather(f"data/{coin}.feather")
    whole = TimeSeries.from_dataframe(frame, "date", "return")
    step = len(whole) // (count + 1)
    train = [whole[i * step : (i + 1) * step] for i in range(count)]
    test = [whole[(i + 1) * step : (i + 1) * step + step // 4] for i in range(count)]
    return train, test
