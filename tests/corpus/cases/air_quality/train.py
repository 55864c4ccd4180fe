"""The model of particles: fitted, searched, explained, registered."""
import os
from functools import partial

import joblib
import matplotlib.pyplot as plt
import optuna
import shap
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.preprocessing import LabelEncoder
from xgboost import XGBRegressor, plot_importance

import store


def coded(x, encoder=None):
    encoder = encoder or LabelEncoder().fit(x["city"])
    x["city"] = encoder.transform(x["city"])
    return x, encoder


def objective(trial, x, y, x_test, y_test):
    model = XGBRegressor(max_depth=trial.suggest_int("max_depth", 3, 9), learning_rate=trial.suggest_float("lr", 1e-3, 0.3, log=True))
    model.fit(x, y)
    trial.set_user_attr("model", model.get_params())
    return mean_squared_error(y_test, model.predict(x_test))


def searched(train, test, count=20):
    study = optuna.create_study(direction="minimize", storage="sqlite:///air.db")
    study.optimize(partial(objective, x=train[0], y=train[1], x_test=test[0], y_test=test[1]), n_trials=count)
    return study.best_trial.user_attrs["model"]


def fitted(train, **params):
    model = XGBRegressor(**params)
    model.fit(*train)
    return model


def metrics(model, test):
    said = model.predict(test[0])
    return {"mse": mean_squared_error(test[1], said), "r2": r2_score(test[1], said)}


def importance(model, path):
    plot_importance(model, max_num_features=20)
    plt.savefig(path)


def explained(model, x, path):
    values = shap.TreeExplainer(model).shap_values(x)
    shap.summary_plot(values, x, show=False)
    plt.savefig(path)
    return abs(values).mean(axis=0)


def kept(model, encoder, folder):
    os.makedirs(folder, exist_ok=True)
    joblib.dump(model, os.path.join(folder, "model.pkl"))
    joblib.dump(encoder, os.path.join(folder, "encoder.pkl"))


def main(folder="air_model"):
    train, test = store.main()
    x, encoder = coded(train[0])
    x_test, _ = coded(test[0], encoder)
    train, test = (x, train[1]), (x_test, test[1])
    model = fitted(train, **searched(train, test))
    importance(model, "importance.png")
    explained(model, x_test, "shap.png")
    kept(model, encoder, folder)
    store.registered(store.project().get_model_registry(), folder, metrics(model, test), x.head())


if __name__ == "__main__":
    main()
