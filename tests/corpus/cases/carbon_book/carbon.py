#!/usr/bin/env python
# coding: utf-8

# # Carbon and wealth

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import statsmodels.api as sm
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler
from xgboost import XGBRegressor

NAMED = ["gdp", "people", "energy"]

# In[2]:


def read_rows(path="carbon.csv"):
    rows = pd.read_csv(path)
    return rows[rows["year"] >= 1990].dropna(subset=NAMED)


df = read_rows()

# In[3]:


def boxes(rows):
    fig, axes = plt.subplots(2, 3)
    for ax, name in zip(axes.flatten(), NAMED):
        ax.boxplot(np.log1p(rows[name]))
    return fig


boxes(df)
plt.show()

# In[4]:


def off_by(true, guess):
    kept = true != 0
    return np.mean(np.abs((true[kept] - guess[kept]) / true[kept])) * 100


def split(rows, year=2015):
    early = rows["year"] < year
    return rows.loc[early, NAMED], rows.loc[~early, NAMED], rows.loc[early, "co2"], rows.loc[~early, "co2"]


X, X_test, y, y_test = split(df)

# In[5]:


MODELS = {"forest": RandomForestRegressor(random_state=42), "trees": XGBRegressor()}


def fitted(x, y):
    for model in MODELS.values():
        model.fit(x, y)
    return MODELS


def table_of(models, x, true):
    found = []
    for name, model in models.items():
        guess = model.predict(x)
        found.append({"name": name, "off": off_by(true.values, guess), "r2": r2_score(true, guess)})
    return pd.DataFrame(found).set_index("name")


scores = table_of(fitted(X, y), X_test, y_test)
display(scores.round(3))

# In[6]:


def grouped(rows, count=4):
    last = rows[rows["year"] == rows["year"].max()].set_index("iso")
    scaled = StandardScaler().fit_transform(last[NAMED])
    last["group"] = KMeans(n_clusters=count, random_state=42).fit_predict(scaled)
    return last


def described(groups):
    return groups.groupby("group")["co2"].mean().sort_values()


described(grouped(df))

# In[7]:


def causes(rows):
    return sm.OLS(rows["co2"], sm.add_constant(rows[NAMED])).fit()


def told(model):
    sure = model.pvalues[model.pvalues < 0.05]
    return {name: float(model.params[name]) for name in sure.index}


def residuals(model, path):
    ax = sns.scatterplot(x=model.fittedvalues, y=model.resid)
    ax.figure.savefig(path)


model = causes(df)
print(model.summary())
residuals(model, "left.png")
told(model)
