# Databricks notebook source
# MAGIC %md
# MAGIC # Who scores on Sunday
# MAGIC LightGBM, with what SHAP says of it.

# COMMAND ----------

import lightgbm as lgb
import mlflow
import mlflow.lightgbm
import numpy as np
import pandas as pd
import shap
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.model_selection import TimeSeriesSplit

CATALOG = "league"
mlflow.set_experiment("/Shared/league/lightgbm")

# COMMAND ----------

df = spark.table(f"{CATALOG}.gold.features").filter("score IS NOT NULL").toPandas()
print(f"{len(df):,} rows")

# COMMAND ----------

NUMBERS = ["mean_all", "mean_5", "price", "matches"]
KINDS = ["place", "home"]
df["home"] = df["home"].astype("category")
df["place"] = df["place"].astype("category")
COLUMNS = NUMBERS + KINDS
X = df[COLUMNS].fillna(0)
y = df["score"]
LIMITS = {1: 2.0, 2: 2.5, 3: 2.5, 4: 3.0}


def covered(true, guess, places, limits):
    wide = places.map(limits).fillna(2.5)
    return (np.abs(true - guess) <= wide).mean()


# COMMAND ----------
# MAGIC %md ## The best of three

best, least = {}, float("inf")
for tried in [{"num_leaves": 31, "learning_rate": 0.05}, {"num_leaves": 63, "learning_rate": 0.03}]:
    errors = []
    for inside, outside in TimeSeriesSplit(n_splits=5).split(X):
        train = lgb.Dataset(X.iloc[inside], label=y.iloc[inside], categorical_feature=KINDS)
        test = lgb.Dataset(X.iloc[outside], label=y.iloc[outside], reference=train)
        model = lgb.train({**tried, "objective": "regression"}, train, 500, valid_sets=[test])
        errors.append(np.sqrt(mean_squared_error(y.iloc[outside], model.predict(X.iloc[outside]))))
    if np.mean(errors) < least:
        best, least = tried, np.mean(errors)

# COMMAND ----------
# MAGIC %md ## The one that is kept

with mlflow.start_run(run_name="kept") as run:
    model = lgb.train({**best, "objective": "regression"}, lgb.Dataset(X, label=y), num_boost_round=500)
    guess = model.predict(X)
    share = covered(y, guess, df["place"].cat.codes, LIMITS)
    weights = shap.TreeExplainer(model).shap_values(X)
    why = pd.DataFrame({"column": COLUMNS, "weight": np.abs(weights).mean(axis=0)})
    mlflow.log_metrics({"mae": mean_absolute_error(y, guess), "covered": share})
    mlflow.lightgbm.log_model(model, "model", registered_model_name="league")
    why.to_csv("/tmp/why.csv", index=False)
    mlflow.log_artifact("/tmp/why.csv")
    spark.createDataFrame(why).write.format("delta").mode("overwrite").saveAsTable(f"{CATALOG}.models.why")
