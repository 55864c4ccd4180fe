import warnings

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import psycopg2
from psycopg2.extras import execute_values
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from database import Postgres

ROOMS = ["studio", "one", "two"]


def view(city: str, state: str):
    def guesses(city, state):
        db = Postgres()
        cur = db.connection.cursor()
        db.adapters(np.float64, np.datetime64)
        cur.execute("SELECT * FROM guesses WHERE city=%s AND state=%s", (city.title(), state.upper()))
        result = pd.DataFrame.from_records(cur.fetchall(), columns=["month", "city", "state", *ROOMS])
        result.set_index("month", inplace=True)
        if len(result.index) == 0:
            warnings.filterwarnings("ignore")
            cur.execute("SELECT * FROM rents WHERE city=%s", (city,))
            df = pd.DataFrame.from_records(cur.fetchall(), columns=["month", *ROOMS])
            df.index = pd.to_datetime(df["month"])
            series = []
            for col in ROOMS:
                s = ExponentialSmoothing(df[col].astype(np.int64), trend="add", seasonal="add", seasonal_periods=12).fit().forecast(24)
                s.name = col
                series.append(s)
            result = pd.concat(series, axis=1)
            execute_values(cur, "INSERT INTO guesses VALUES %s", list(result.to_records(index=True)))
            db.connection.commit()
        return result.to_json(indent=2)

    df = pd.read_json(guesses(city, state))[ROOMS]
    fig = go.Figure(layout=go.Layout(yaxis=dict(range=[500, df["two"].max() + 100])))
    for col in df.columns:
        fig.add_trace(go.Scatter(name=col, x=df.index, y=df[col], mode="lines"))
    fig.update_layout(title=f"Rents in {city}, {state}", width=640)
    return fig.to_json()


def picture(city: str, state: str, path: str):
    fig = go.Figure(go.Scatter(y=[1, 2, 3], name=city))
    fig.write_image(path)
    return path


if __name__ == "__main__":
    print(view("New York", "NY"))
