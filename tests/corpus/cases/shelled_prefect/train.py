import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor


def trained(frame):
    model = RandomForestRegressor(n_estimators=60, random_state=2)
    return model.fit(frame.drop(columns=["log_income"]), frame["log_income"])


if __name__ == "__main__":
    joblib.dump(trained(pd.read_csv("clean.csv")), "model.joblib")
