#!/usr/bin/env python
# coding: utf-8

# In[1]:


import warnings

import holidays
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.io as pio
import seaborn as sns
import statsmodels.api as sm
from matplotlib import pyplot as plt
from prophet import Prophet
from sklearn.metrics import mean_absolute_error as mae
from statsmodels.tsa.seasonal import STL
from tqdm.auto import tqdm

warnings.filterwarnings("ignore")
tqdm.pandas()
pio.templates.default = "plotly_white"
pd.set_option("display.max_columns", 50)
plt.style.use("ggplot")


# In[2]:


df = pd.read_excel("load.xlsx", sheet_name="2023", parse_dates=["hour"])
df = df.set_index("hour").sort_index()
free = holidays.country_holidays("NO", years=[2022, 2023])


# In[3]:


def is_free(day):
    return day in free


def add_calendar(data):
    data = data.copy()
    data["weekday"] = data.index.dayofweek
    data["free"] = [is_free(day) for day in data.index.date]
    return data


def wind(row):
    return row["gust"] ** 3 if row["gust"] < 25 else 0


def add_wind(data):
    return data.assign(wind=data.progress_apply(wind, axis=1))


def seasons(column="load"):
    parts = STL(df[column], period=24).fit()
    return parts.trend, parts.resid


def regression(data, columns):
    return sm.OLS(data["load"], sm.add_constant(data[columns])).fit()


def summary(fitted):
    return fitted.summary().as_text()


def forecast(data, hours=48):
    model = Prophet(weekly_seasonality=True)
    model.add_country_holidays("NO")
    model.fit(data.reset_index().rename(columns={"hour": "ds", "load": "y"}))
    return model.predict(model.make_future_dataframe(hours, freq="h"))


def off(real, guess):
    return mae(real, guess) / np.mean(real)


def heat(data):
    table = data.pivot_table("load", data.index.hour, "weekday")
    return sns.heatmap(table, cmap="viridis")


def lines(data):
    return px.line(data, y="load")


def boxes(data):
    data.boxplot("load", by="weekday")
    plt.savefig("boxes.png")


def lags(number=3):
    global df
    for lag in range(1, number + 1):
        df[f"lag{lag}"] = df["load"].shift(lag)
    return df


def peak():
    return df["load"].idxmax()


# In[4]:


full = add_wind(add_calendar(lags()))
fitted = regression(full.dropna(), ["wind", "weekday", "lag1"])
print(summary(fitted), peak())
guess = forecast(df[["load"]])
print(off(df["load"][-48:], guess["yhat"][-48:]))


# In[5]:


heat(full)
boxes(full)
lines(full).show()
