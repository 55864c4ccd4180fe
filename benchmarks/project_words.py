"""The words of the made project: its packages, the libraries that it uses, what its comments say. Data only."""

from __future__ import annotations

DOMAINS = (
    "orders", "billing", "weather", "fleet", "claims", "sensors", "traffic", "grid", "harvest", "clinic",
    "freight", "energy", "retail",
)  # fmt: skip

MODULES = (
    "loading", "cleaning", "features", "scaling", "windows", "scoring", "reports", "charts", "storage", "checks",
)  # fmt: skip

# One line: how it is imported, and a call of it for an argument `rows`.
LIBRARIES: tuple[tuple[str, str], ...] = (
    ("import numpy as np", "np.asarray(rows, dtype=float)"),
    ("import pandas as pd", "pd.DataFrame(rows).describe()"),
    ("import pyarrow.parquet as pq", 'pq.read_table("rows.parquet").to_pandas()'),
    ("import polars as pl", "pl.DataFrame(rows).head(limit)"),
    ("from scipy import stats", "stats.zscore(rows)"),
    ("from sklearn.preprocessing import StandardScaler", "StandardScaler().fit_transform(rows)"),
    ("from sklearn.ensemble import GradientBoostingClassifier", "GradientBoostingClassifier(n_estimators=limit)"),
    ("import xgboost as xgb", "xgb.DMatrix(rows)"),
    ("import lightgbm", "lightgbm.Dataset(rows)"),
    ("import torch", "torch.tensor(rows)"),
    ("from torch import nn", "nn.Linear(limit, 1)"),
    ("import tensorflow as tf", "tf.constant(rows)"),
    ("import matplotlib.pyplot as plt", "plt.plot(rows)"),
    ("import seaborn as sns", "sns.heatmap(rows)"),
    ("import requests", "requests.get(SOURCE, timeout=30).json()"),
    ("import httpx", "httpx.get(SOURCE).json()"),
    ("import boto3", 'boto3.client("s3").list_objects_v2(Bucket=SOURCE)'),
    ("import yaml", "yaml.safe_load(rows)"),
    ("from bs4 import BeautifulSoup", 'BeautifulSoup(rows, "lxml")'),
    ("from PIL import Image", "Image.fromarray(rows)"),
    ("import cv2", "cv2.GaussianBlur(rows, (3, 3), 0)"),
    ("import sqlalchemy as sa", "sa.create_engine(SOURCE).connect()"),
    ("import networkx as nx", "nx.from_edgelist(rows)"),
    ("import joblib", "joblib.Parallel(limit)(rows)"),
    ("from tqdm import tqdm", "list(tqdm(rows))"),
    ("import orjson", "orjson.dumps(rows)"),
    ("import dateutil.parser", "dateutil.parser.parse(rows)"),
    ("import redis", "redis.Redis().get(SOURCE)"),
    ("from jinja2 import Template", "Template(rows).render()"),
    ("import psycopg2", "psycopg2.connect(SOURCE)"),
    ("import statsmodels.api as sm", "sm.OLS(rows, rows)"),
    ("import nltk", "nltk.word_tokenize(rows)"),
    ("import spacy", 'spacy.blank("en")'),
    ("from transformers import AutoTokenizer", "AutoTokenizer.from_pretrained(SOURCE)"),
    ("import plotly.express as px", "px.scatter(rows)"),
    ("import shap", "shap.Explainer(rows)"),
    ("import catboost", "catboost.Pool(rows)"),
    ("import fsspec", 'fsspec.open(f"s3://{SOURCE}/rows")'),
    ("import attrs", "attrs.asdict(rows)"),
    ("import simplejson", "simplejson.dumps(rows)"),
)  # fmt: skip

STANDARD = (
    "import logging", "import json", "import re", "import itertools", "import math", "import os", "import time",
    "from collections import defaultdict", "from dataclasses import dataclass, field", "from pathlib import Path",
    "from functools import lru_cache", "from datetime import datetime, timedelta",
)  # fmt: skip

SENTENCES = (
    "Rows without a key are left out, since nothing later could find them again.",
    "The order of the rows is kept: consumers join on positions.",
    "Values beyond the limit are clipped; what is clipped is counted and told.",
    "Times are UTC. Days that change the clock have 23 or 25 hours.",
    "Nothing here writes: the caller decides where results go.",
    "An empty input gives an empty result, never an error.",
)

COMMENTS = (
    "the upstream export has holes on holidays",
    "cheap first: most rows end here",
    "see the note on units in the package's docstring",
    "sorted, so that two runs give the same bytes",
    "the second pass sees the clipped values",
)

NAMES = (
    "amount", "ratio", "total", "delay", "price", "level", "weight", "share", "volume", "rate", "offset", "margin",
)  # fmt: skip

EFFECTS = (
    ("import warnings", 'warnings.filterwarnings("ignore", category=FutureWarning)'),
    ("import numpy as np", "np.random.seed(7)"),
    ("import pandas as pd", 'pd.set_option("display.width", 120)'),
    ("import os", 'os.environ.setdefault("OMP_NUM_THREADS", "1")'),
    ("import matplotlib", 'matplotlib.use("Agg")'),
)
