"""Forecasts visits of a museum with Prophet, noted in Neptune."""

import json
import pickle
from pathlib import Path

import neptune
import neptune.integrations.prophet as noted
import pandas as pd
from prophet import Prophet
from prophet.diagnostics import cross_validation, performance_metrics
from prophet.plot import add_changepoints_to_plot, plot_components_plotly, plot_plotly
from prophet.serialize import model_to_json


def begun(name):
    return neptune.init_run(project="museum/visits", name=name, tags=["prophet"])


def visits(path):
    rows = pd.read_csv(path)
    rows["closed"] = rows["ds"].apply(is_closed)
    rows["cap"] = 9.5
    return rows


def is_closed(day):
    return int(pd.to_datetime(day).weekday() == 0)


def fitted(rows):
    model = Prophet(growth="logistic", weekly_seasonality=True)
    model.add_regressor("closed")
    model.add_country_holidays(country_name="NL")
    model.fit(rows)
    return model


def judged(model):
    folds = cross_validation(model, initial="730 days", period="90 days", horizon="60 days", parallel="processes")
    return performance_metrics(folds, rolling_window=0.1)


def drawn(run, model, forecast):
    figure = model.plot(forecast)
    add_changepoints_to_plot(figure.gca(), model, forecast)
    figure.savefig("visits.png")
    run["plots/visits"].upload("visits.png")
    run["plots/components"].upload(neptune.types.File.as_html(plot_components_plotly(model, forecast)))
    plot_plotly(model, forecast).write_html("visits.html")
    run["plots/page"].upload("visits.html")


def told(run, rows, model, forecast):
    run["summary"] = noted.create_summary(model=model, df=rows, fcst=forecast)
    run["settings"] = noted.get_model_config(model)


def kept(run, model, folder):
    path = Path(folder) / "model.json"
    path.write_text(model_to_json(model))
    run["model"].upload(str(path))
    (Path(folder) / "model.pkl").write_bytes(pickle.dumps(model))


def best(run, table):
    row = table.sort_values("mape").iloc[0]
    run["best/mape"] = float(row["mape"])
    Path("best.json").write_text(json.dumps({"horizon": str(row["horizon"]), "mape": float(row["mape"])}))


def main():
    run = begun("visits")
    rows = visits("visits.csv")
    model = fitted(rows)
    forecast = model.predict(rows)
    best(run, judged(model))
    drawn(run, model, forecast)
    told(run, rows, model, forecast)
    kept(run, model, ".")
    run.stop()


if __name__ == "__main__":
    main()
