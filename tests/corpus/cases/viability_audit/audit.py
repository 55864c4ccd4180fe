import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import RobustScaler

COLUMNS = ["gain_10", "gap", "speed"]


def target(df):
    return (df["gain"] > df.groupby("date")["gain"].transform("median")).astype(int)


def fitted(fold):
    model = Pipeline([("scale", RobustScaler()), ("model", LogisticRegression(C=0.01, max_iter=1000))])
    return model.fit(fold.x_train, target(fold.train))


def scored(model, x):
    return model.predict_proba(x)[:, 1]


def of_day(day):
    score = day["score"].values
    middle = score - np.mean(score)
    paid = day["gain"].values - np.sign(middle) * day["cost"].values
    return np.corrcoef(score, day["gain"].values)[0, 1], np.corrcoef(score, paid)[0, 1]


def audit(path="out/panel.parquet"):
    df = pd.read_parquet(path)
    from panel.preparation import Costs, Panel

    fold = Panel(df, Costs()).fold(
        pd.Timestamp("2021-01-01"), pd.Timestamp("2022-01-01"), pd.Timestamp("2022-06-01"), COLUMNS
    )
    test = fold.test.copy()
    test["score"] = scored(fitted(fold), fold.x_test)
    rows = []
    for date in sorted(test["date"].unique()):
        day = test[test["date"] == date].copy()
        if len(day) >= 50:
            raw, paid = of_day(day)
            rows.append({"date": date, "raw": raw, "paid": paid})
    table = pd.DataFrame(rows).dropna()
    told(table["raw"].mean(), table["paid"].mean())


def told(raw, paid):
    share = abs(paid) / abs(raw) if abs(raw) > 1e-9 else 0.0
    print(f"{raw:.4f} {paid:.4f} {share:.1%}")


if __name__ == "__main__":
    audit()
