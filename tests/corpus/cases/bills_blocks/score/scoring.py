from sklearn.preprocessing import MinMaxScaler

SHARES = {"flat": 1.0, "house": 1.4}


def turned(values):
    scaled = MinMaxScaler().fit_transform(values.to_numpy().reshape(-1, 1))
    return 1 - scaled.ravel()


def ranked(table, number):
    table["rank"] = table["usage"].rank(method="dense", ascending=False)
    table["board"] = number
    return table.sort_values("rank")
