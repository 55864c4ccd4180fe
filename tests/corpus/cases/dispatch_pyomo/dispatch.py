import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyomo.environ as pyo
import seaborn as sns
import xgboost as xgb
from sklearn.metrics import mean_squared_error

warnings.filterwarnings("ignore", category=FutureWarning)

RAW = "https://data.example/grid/main/"
suns_file = RAW + "suns.csv"
loads_file = RAW + "loads.csv"
east_file = RAW + "east.csv"
west_file = RAW + "west.csv"

try:
    frame = pd.read_csv(suns_file)
except Exception as error:
    print(f"no suns: {error}")
    exit()

frame.rename(columns={"X50Hertz..MW.": "sun"}, inplace=True)
frame["at"] = pd.to_datetime(frame[["Year", "Month", "Day", "Hour"]])
frame = frame.set_index("at").sort_index()
frame["hour"] = frame.index.hour
frame.ffill(inplace=True)
columns = ["Temperature", "GHI", "hour"]
X, y = frame[[one for one in columns if one in frame.columns]], frame["sun"]
cut = int(len(frame) * 0.8)
X_train, X_test, y_train, y_test = X.iloc[:cut], X.iloc[cut:], y.iloc[:cut], y.iloc[cut:]
HOURS = 10

try:
    east = pd.read_csv(east_file).iloc[0]
    west = pd.read_csv(west_file).iloc[0]
    loads_frame = pd.read_csv(loads_file)
except Exception as error:
    print(f"no loads: {error}")
    exit()

plants = [
    {"id": "east", "most": east["Capacity (MW)"], "linear": 20, "square": 0.02},
    {"id": "west", "most": west["Capacity (MW)"], "linear": 18, "square": 0.015},
]
loads = loads_frame["Demand (MW)"].iloc[:HOURS].tolist()


def model_of(loads, suns):
    model = pyo.ConcreteModel(name="dispatch")
    model.I = pyo.Set(initialize=[one["id"] for one in plants])
    model.T = pyo.RangeSet(1, HOURS)
    model.most = pyo.Param(model.I, initialize={one["id"]: one["most"] for one in plants})
    model.linear = pyo.Param(model.I, initialize={one["id"]: one["linear"] for one in plants})
    model.square = pyo.Param(model.I, initialize={one["id"]: one["square"] for one in plants})
    model.sun = pyo.Param(model.T, initialize={t: suns[t - 1] for t in model.T})
    model.load = pyo.Param(model.T, initialize={t: loads[t - 1] for t in model.T})
    model.g = pyo.Var(model.I, model.T, domain=pyo.NonNegativeReals)
    model.lost = pyo.Var(model.T, domain=pyo.NonNegativeReals)

    def cost(m):
        return sum(m.linear[i] * m.g[i, t] + m.square[i] * m.g[i, t] ** 2 for i in m.I for t in m.T)

    def balance(m, t):
        return sum(m.g[i, t] for i in m.I) + m.sun[t] - m.lost[t] == m.load[t]

    model.cost = pyo.Objective(rule=cost, sense=pyo.minimize)
    model.balance = pyo.Constraint(model.T, rule=balance)
    model.limits = pyo.Constraint(model.I, model.T, rule=lambda m, i, t: m.g[i, t] <= m.most[i])
    return model


try:
    solver = pyo.SolverFactory("gurobi")
except Exception:
    print("no Gurobi")
    solver = pyo.SolverFactory("cbc")


def dispatched(suns):
    model = model_of(loads, suns)
    results = solver.solve(model, tee=False)
    if results.solver.termination_condition != pyo.TerminationCondition.optimal:
        return {"status": str(results.solver.termination_condition), "cost": np.nan}
    return {"status": "optimal", "cost": pyo.value(model.cost)}


rows = []
for trees in range(10, 201, 10):
    model = xgb.XGBRegressor(objective="reg:squarederror", n_estimators=trees, random_state=42)
    model.fit(X_train, y_train, verbose=False)
    guesses = model.predict(X_test)
    error = np.sqrt(mean_squared_error(y_test, guesses))
    done = dispatched(guesses[:HOURS])
    if done.get("status") == "optimal":
        rows.append({"trees": trees, "error": error, "cost": done["cost"]})
found = pd.DataFrame(rows)

sns.set_style("whitegrid")
fig, axes = plt.subplots(1, 2, figsize=(18, 7))
if not found.empty:
    sns.lineplot(x="trees", y="error", data=found, ax=axes[0], marker="o")
    sns.scatterplot(x="error", y="cost", data=found, ax=axes[1], hue="trees")
plt.show()
