import pandas as pd
from gluonts.dataset.pandas import PandasDataset
from gluonts.dataset.split import split
from gluonts.evaluation import Evaluator, make_evaluation_predictions

from private.linear import PrivateLinear


def series(path):
    frame = pd.read_csv(path, parse_dates=["hour"], index_col="hour")
    return PandasDataset.from_long_dataframe(frame, target="load", item_id="meter")


def fitted(data, horizon=24):
    train, rest = split(data, offset=-7 * horizon)
    model = PrivateLinear("item", 8, True, prediction_length=horizon, context_length=10 * horizon, trainer_kwargs={"max_epochs": 5})
    return model.train(train), rest


def scored(predictor, data):
    forecasts, truths = make_evaluation_predictions(data, predictor=predictor, num_samples=100)
    totals, each = Evaluator(quantiles=[0.1, 0.5, 0.9])(truths, forecasts)
    each.to_csv("each.csv")
    return totals["mean_wQuantileLoss"]


def main(path="meters.csv"):
    data = series(path)
    predictor, _ = fitted(data)
    return scored(predictor, data)


if __name__ == "__main__":
    main()
