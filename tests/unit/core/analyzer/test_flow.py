"""What crosses into a function without annotations: found by following values through the calls of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from ops0.core.analyzer import flow, function_facts
from ops0.core.analyzer.flow.memo import Memo
from ops0.core.analyzer.flow.table import PLAIN, SAME, UNSURE, flow_table
from ops0.core.locked import Target
from ops0.core.project_files import MemorySource

HEAD = "import pandas as pd, numpy as np, requests, boto3, json, joblib\n"

# (what it shows, source of p.py after HEAD, "parameter:library ..." of f)
CALLED = [
    ("an item of a tuple that is said to be a frame and a dictionary", "def load() -> tuple[pd.DataFrame, dict]:\n  d = pd.read_csv('a')\n  return d, {'n': len(d)}\ndef f(d, n): pass\ndef main():\n  d, n = load()\n  f(d, n)", "d:pandas"),
    ("an item that its annotation leaves open", "def load() -> tuple[pd.DataFrame, dict]: return pd.read_csv('a'), {'n': np.zeros(1)}\ndef f(n): pass\ndef main():\n  d, n = load()\n  f(n)", "n:numpy"),
    ("what is looked up in a row that is handed on", "def f(x): pass\ndef g(r): f(r['x'])\ndef main():\n  for _, r in pd.read_csv('a').iterrows(): g(r)", ""),
    ("a field of a sample of a record that is handed on", "import pysam\ndef f(x): pass\ndef g(r): f(r.samples[0]['AF'])\ndef main():\n  for r in pysam.VariantFile('a'): g(r)", ""),
    ("samples of a record", "import pysam\ndef f(x): pass\ndef main():\n  for r in pysam.VariantFile('a'): f(r.samples)", "x:pysam"),
    ("one of rows that are handed on", "import sqlalchemy as s\ndef f(x): pass\ndef g(r): f(r[0])\ndef main(e): g(s.create_engine(e).connect().execute(s.text('a')).fetchall())", "x:sqlalchemy"),
    ("after an option of a module is set", "def f(x): pass\ndef main():\n  pd.options.mode.copy_on_write = True\n  f(pd.read_csv('a'))", "x:pandas"),
    ("after something is put into a module's table", "import matplotlib.pyplot as plt\ndef f(x): pass\ndef main():\n  plt.rcParams['a'] = pd.read_csv('a')\n  f(plt.figure())", "x:matplotlib"),
    ("what a session holds", "import streamlit as st\ndef g(): st.session_state.x = pd.read_csv('a')\ndef f(): return st.session_state.x.y", "st.session_state.x:pandas"),
    ("what a session holds by a key", "import streamlit as st\ndef g(): st.session_state['x'] = pd.read_csv('a')\ndef h(): return f()\ndef f(): return st.session_state.get('x')", "st.session_state.get('x'):pandas"),
    ("what a session holds of itself", "import streamlit as st\ndef clean(d): return d.dropna()\ndef g(): st.session_state.x = clean(st.session_state.x)\ndef h(): st.session_state.setdefault('x', pd.read_csv('a'))\ndef f(): return st.session_state['x']", "st.session_state['x']:pandas"),
    ("what another session holds by that name", "import flask\nimport streamlit as st\ndef g():\n  st.session_state.x = pd.read_csv('a')\n  flask.session['x'] = [1]\ndef f(): return flask.session['x']", ""),
    ("plain in a session", "import streamlit as st\ndef g(): st.session_state.update(x=1)\ndef f(): return st.session_state.x", ""),
    ("what a session holds, handed over", "import flask\ndef g(): flask.g.x = np.zeros(1)\ndef f(x): pass\ndef main(): f(flask.g.x)", "x:numpy"),
    ("an answer of a store of notes", "from elasticsearch import Elasticsearch\ndef f(x): pass\ndef main(): f(Elasticsearch().indices.get_alias())", "x:elastic_transport"),
    ("an answer of a search", "from elasticsearch import Elasticsearch\ndef f(x): pass\ndef main(): f(Elasticsearch().search(index='a'))", "x:elastic_transport"),
    ("an answer of a store of notes, on and on", "from elasticsearch import Elasticsearch\ndef f(x): pass\ndef main():\n  e = Elasticsearch()\n  s = e.search(index='a')\n  s = e.scroll(scroll_id=s['b'])\n  f([h for h in s['hits']['hits']])", ""),
    ("called with a frame", "def f(df): return df.x\ndef main(): f(pd.read_csv('a'))", "df:pandas"),
    ("through a variable", "def f(df): pass\ndef main():\n  d = pd.read_csv('a')\n  f(d)", "df:pandas"),
    ("through a chain of methods", "def f(df): pass\ndef main(): f(pd.read_csv('a').dropna().head(3))", "df:pandas"),
    ("attribute by its name", "def f(s): pass\ndef main(): f(getattr(pd.read_csv('a'), 'x', None))", "s:pandas"),
    ("plain attribute by its name", "def f(s): pass\ndef main(): f(getattr(requests.get('a'), 'text', None))", ""),
    ("column", "def f(s): pass\ndef main(): f(pd.read_csv('a')['x'])", "s:pandas"),
    ("by keyword", "def f(a, df): pass\ndef main(): f(df=pd.read_csv('a'), a=1)", "df:pandas"),
    ("in the main guard", "def f(df): pass\nif __name__ == '__main__':\n  d = pd.read_csv('a')\n  f(d)", "df:pandas"),
    ("at the top", "def f(df): pass\nf(pd.DataFrame())", "df:pandas"),
    ("through a helper's result", "def load(): return pd.read_csv('a')\ndef f(df): pass\ndef main(): f(load())", "df:pandas"),
    ("through two helpers", "def load(): return pd.read_csv('a')\ndef clean(d): return d.dropna()\ndef f(df): pass\ndef main(): f(clean(load()))", "df:pandas"),
    ("helper that passes on", "def same(x): return x\ndef f(df): pass\ndef main():\n  f(same(pd.read_csv('a')))\n  same(requests.get('b'))", "df:pandas"),
    ("annotated result", "def load() -> pd.DataFrame: ...\ndef f(df): pass\ndef main(): f(load())", "df:pandas"),
    ("result annotated as text", "def load() -> 'pd.DataFrame': ...\ndef f(df): pass\ndef main(): f(load())", "df:pandas"),
    ("annotated parameter of the caller", "def f(df): pass\ndef main(d: pd.DataFrame): f(d)", "df:pandas"),
    ("caller's own parameter", "def f(df): pass\ndef g(d): f(d)\ndef main(): g(pd.read_csv('a'))", "df:pandas"),
    ("a method of a parameter that is plain of others", "from pyspark.sql import SparkSession\ndef load(s): return s.read.format('x').load()\ndef f(df): pass\ndef main(): f(load(SparkSession()))", "df:pyspark"),
    ("rows of Spark", "from pyspark.sql import SparkSession\ndef f(x): pass\ndef main(): f(SparkSession().table('t').collect())", "x:pyspark"),
    ("what stands in a row of Spark", "from pyspark.sql import SparkSession\ndef f(x): pass\ndef main(): f([r.a for r in SparkSession().table('t').collect()])", ""),
    ("what stands in a page of a client", "def f(x): pass\ndef main():\n  p = boto3.client('s3').get_paginator('a')\n  f([one for page in p.paginate() for one in page['b']])", ""),
    ("a plain method of a parameter", "def name(s): return s.read.format('x')\ndef f(x): pass\ndef main(): f(name(requests.get('a')))", ""),
    ("a plain method of a parameter that nobody gives", "def name(s): return s.format('x')\ndef f(x): pass\ndef main(s): f(name(s))", ""),
    ("a shape of all that a frame of shapes holds", "import geopandas\ndef f(x): pass\ndef main(): f(geopandas.read_file('a').unary_union)", "x:shapely"),
    ("number of such a shape", "import geopandas\ndef f(x): pass\ndef main(): f(geopandas.read_file('a').union_all().convex_hull.area)", ""),
    ("node of a street graph", "import osmnx as ox\ndef f(g, n): pass\ndef main(): f(ox.project_graph(ox.graph_from_place('a')), ox.get_nearest_node(1, 2))", "g:networkx"),
    ("rows of BigQuery as tables", "from google.cloud import bigquery\ndef f(x): pass\ndef main():\n  for r in bigquery.Client().query('a').result(): f(dict(r.items()))", ""),
    ("a frame written out", "def f(x): pass\ndef main():\n  for one in np.array_split(pd.read_csv('a'), 2): f(one.to_string())", ""),
    ("what stands in a row of a result", "import sqlalchemy as s\ndef f(x): pass\ndef main(e): f([r.a for r in s.create_engine(e).connect().execute(s.text('a')).fetchall()])", ""),
    ("rows of a result", "import sqlalchemy as s\ndef f(x): pass\ndef main(e): f(s.create_engine(e).connect().execute(s.text('a')).fetchall())", "x:sqlalchemy"),
    ("frame by its name", "import some\ndef f(df): pass\ndef main(): f(some.Map().get_df())", "df:pandas"),
    ("a function of its name, which it calls", "def load() -> pd.DataFrame: pass\ndef f(load): return load()", ""),
    ("plain", "def f(x): pass\ndef main(): f({'a': [1, 'b']})", ""),
    ("plain out of a library", "def f(x): pass\ndef main(): f(requests.get('a').json())", ""),
    ("plain out of a frame", "def f(x): pass\ndef main(): f(pd.read_csv('a').to_dict('records'))", ""),
    ("plain by a keyword", "import openpyxl\ndef f(x): pass\ndef main():\n  for r in openpyxl.open('a').active.iter_rows(values_only=True): f(r)", ""),
    ("not plain without it", "import openpyxl\ndef f(x): pass\ndef main():\n  for r in openpyxl.open('a').active.iter_rows(values_only=False): f(r)", "x:openpyxl"),
    ("what it was before it is bound anew by what is made of it", "def f(x): return x\ndef main():\n  d = pd.read_csv('a')\n  d = np.array(f(d))", "x:pandas"),
    ("a name of a comprehension, not of a loop elsewhere", "def f(x): pass\na = [f(one) for one in ['a']]\nfor one in pd.read_csv('a'): pass", ""),
    ("nor of one in a function", "def f(x): pass\ndef main():\n  for one in pd.read_csv('a'): print(one)\n  return {one: f(one) for one in ['a']}", ""),
    ("a name of the outer comprehension", "def f(x): pass\na = [[f(one) for b in 'a'] for one in [pd.read_csv('a')]]", "x:pandas"),
    ("where a comprehension begins, a name is still the one around it", "def f(x): pass\none = pd.read_csv('a')\na = [1 for one in f(one)]", "x:pandas"),
    ("what a widget gives", "import streamlit as st\ndef f(x): pass\ndef main(): f(st.sidebar.selectbox('a', [1]))", ""),
    ("what a request says", "from flask import request\ndef f(x, y): pass\ndef main(): f(request.args['a'], request.get_json())", ""),
    ("frame of a client's answer", "from alpaca.data import StockHistoricalDataClient as C\ndef f(x): pass\ndef main(): f(C('a').get_stock_bars(1).df)", "x:pandas"),
    ("engine of a hook", "from airflow.providers.postgres.hooks.postgres import PostgresHook as H\ndef f(x): pass\ndef main(): f(H('a').get_sqlalchemy_engine())", "x:sqlalchemy"),
    ("what stands in a row of a frame", "def f(x): pass\ndef main():\n  row = pd.read_csv('a').iloc[0]\n  f({'a': row['b']})", ""),
    ("a row of a frame", "def f(x): pass\ndef main(): f(pd.read_csv('a').iloc[0])", "x:pandas"),
    ("an engine of a driver's own address", "from snowflake.sqlalchemy import URL\nfrom sqlalchemy import create_engine\ndef f(x): pass\ndef main(): f(create_engine(URL(account='a')))", "x:snowflake x:sqlalchemy"),
    ("bound anew", "def f(x): pass\ndef main():\n  d = pd.read_csv('a')\n  d = d.to_numpy()\n  f(d)", "x:numpy"),
    ("before it is bound anew", "def f(x): pass\ndef main():\n  d = pd.read_csv('a')\n  f(d)\n  d = d.to_numpy()", "x:pandas"),
    ("bound anew in one branch", "def f(x): pass\ndef main(a):\n  d = pd.read_csv('a')\n  if a:\n    d = d.to_numpy()\n  f(d)", "x:numpy x:pandas"),
    ("bound anew earlier in the same loop", "def f(x): pass\ndef main(a):\n  for b in a:\n    d = pd.read_csv(b)\n    d = d.to_numpy()\n    f(d)", "x:numpy"),
    ("bound anew around a loop", "def f(x): pass\ndef main(a):\n  with a:\n    d = pd.read_csv('b')\n    d = d.to_numpy()\n    for _ in a:\n      f(d)\n      d = requests.Session()", "x:numpy x:requests"),
    ("bound anew in what may not run", "def f(x): pass\ndef main(a):\n  try:\n    d = pd.read_csv('b')\n    d = d.to_numpy()\n  except OSError:\n    f(d)", "x:numpy x:pandas"),
    ("bound anew in a loop", "def f(x): pass\ndef main(a):\n  d = pd.read_csv('a')\n  for _ in a:\n    f(d)\n    d = d.to_numpy()", "x:numpy x:pandas"),
    ("a parameter bound anew", "def g(d):\n  d = np.array(d.x)\n  return d\ndef f(x): pass\ndef main(): f(g(pd.read_csv('a')))", "x:numpy"),
    ("emptied and filled anew", "def f(x): pass\ndef main():\n  d = [pd.read_csv('a')]\n  d = []\n  d.append(np.zeros(2))\n  f(d)", "x:numpy"),
    ("one of those that a result's annotation names", "def g() -> tuple[pd.DataFrame, dict[str, int]]: ...\ndef f(x): pass\ndef main():\n  a, b = g()\n  f(b)", ""),
    ("a name for a plain type", "Box = tuple[float, float]\ndef g() -> Box: return tuple(np.zeros(2))\ndef f(x): pass\ndef main(): f(g())", ""),
    ("a name for a library's type", "Rows = dict[str, pd.DataFrame]\ndef g() -> Rows: ...\ndef f(x): pass\ndef main(): f(g())", "x:pandas"),
    ("items of a column of texts", "def f(x): pass\ndef main(): f([one for one in pd.read_csv('a').x.astype(str)])", ""),
    ("a column of texts", "def f(x): pass\ndef main(): f(pd.read_csv('a').x.astype(str))", "x:pandas"),
    ("items of a column of numbers", "def f(x): pass\ndef main(): f([one for one in pd.read_csv('a').x.astype(object)])", "x:pandas"),
    ("items of a column of texts of what is handed over", "def names(d): return [one for one in d.x.astype(str).str.strip()]\ndef f(x): pass\ndef main(): f(names(pd.read_csv('a')))", ""),
    ("what a module of a file gives, beside what went in", "import importlib.util\nm = importlib.util.module_from_spec(importlib.util.spec_from_file_location('m', input()))\ndef f(x): pass\ndef main():\n  d = pd.read_csv('a')\n  d = m.made(d)\n  f(d)", "x:pandas"),
    ("names of columns", "def f(x): pass\ndef main(): f(sorted(pd.read_csv('a').columns))", ""),
    ("bound anew to what nobody knows", "def f(x): pass\ndef main():\n  d = pd.read_csv('a')\n  d = joblib.load(d)\n  f(d)", "x:pandas"),
    ("what a chain gives", "from langchain.chains import RetrievalQA\ndef f(x): pass\ndef main(): f(RetrievalQA(requests.get('a')).invoke('b'))", "x:langchain_core"),
    ("what a trainer predicts", "from transformers import Trainer\ndef f(x): pass\ndef main(): f(Trainer(model=1).predict(2).predictions)", "x:numpy"),
    ("what a method puts into its object", "import diffusers\ndef f(x): pass\ndef g():\n  p = diffusers.FluxPipeline.from_pretrained('a')\n  p.load_lora_weights('b')\n  return p.to('cuda')\ndef main(): f(g())", "x:diffusers x:peft"),
    ("what a method puts into an attribute", "import diffusers\nclass K:\n  def __init__(self):\n    self.p = diffusers.FluxPipeline.from_pretrained('a')\n    self.p.enable_model_cpu_offload()\n  def g(self): return self.p\ndef f(x): pass\ndef main(): f(K().g())", "x:accelerate x:diffusers"),
    ("a method of that name of another library", "def f(x): pass\ndef main():\n  p = requests.get('a')\n  p.load_lora_weights('b')\n  f(p)", "x:requests"),
    ("what a trainer holds", "import transformers, trl\ndef f(x): pass\ndef main(): f(trl.SFTTrainer(model=transformers.AutoModel.from_pretrained('a')))", "x:transformers x:trl"),
    ("what a change of a picture gives, an array or a tensor", "import albumentations as A\ndef f(x): pass\ndef main(): f(A.Compose([])(image=1)['image'])", "x:albumentations"),
    ("what a trainer measures", "import transformers, datasets\ndef f(x): pass\ndef main(): f(transformers.Trainer(model=1, eval_dataset=datasets.load_dataset('a')).evaluate())", ""),
    ("what a trainer has told", "import trl, peft\ndef f(x): pass\ndef main(): f(trl.SFTTrainer(model=1, peft_config=peft.LoraConfig()).train().metrics)", ""),
    ("what an index has found", "import datasets\ndef f(x): pass\ndef main():\n  d = datasets.load_dataset('a')\n  d.add_faiss_index('v')\n  f(d.get_nearest_examples('v', 1)[1])", ""),
    ("a chain with what it holds", "from langchain.chains import RetrievalQA\ndef f(x): pass\ndef main(): f(RetrievalQA(requests.get('a')))", "x:langchain x:requests"),
    ("sizes of a frame's groups", "def f(x): pass\ndef main(): f(pd.read_csv('a').groupby('k').size())", "x:pandas"),
    ("sizes of groups of what is handed over", "def sizes(d): return d.groupby('k').size().reset_index().rename(columns={}).sort_values('n').head().round().abs()\ndef f(x): pass\ndef main(): f(sizes(pd.read_csv('a')))", "x:pandas"),
    ("size of a frame", "def f(x): pass\ndef main(): f(pd.read_csv('a').size)", ""),
    ("numbers of a model of a frame", "import statsmodels.formula.api as smf\ndef f(x): pass\ndef main(): f(smf.ols('y ~ x', data=pd.read_csv('a')).fit().pvalues)", "x:pandas"),
    ("numbers of a model of arrays", "import statsmodels.api as sm\ndef f(x): pass\ndef main(): f(sm.OLS(np.zeros(3), np.ones(3)).fit().resid)", "x:numpy"),
    ("one number of a model", "import statsmodels.api as sm\ndef f(x): pass\ndef main(): f(sm.OLS(pd.read_csv('a').y, np.ones(3)).fit().aic)", ""),
    ("transform of a raster", "import rioxarray\ndef f(x): pass\ndef main(): f(rioxarray.open_rasterio('a').rio.transform())", "x:rasterio"),
    ("raster in another system", "import rioxarray\ndef f(x): pass\ndef main(): f(rioxarray.open_rasterio('a').rio.reproject('b'))", "x:xarray"),
    ("what a function whose results are kept gives", "def g(n): return n * 2\ndef f(x): pass\ndef main(): f(joblib.Memory('a').cache(g)(3))", ""),
    ("a frame that is kept", "def g(n): return pd.read_csv(n)\ndef f(x): pass\ndef main(): f(joblib.Memory('a').cache(g)('b'))", "x:pandas"),
    ("leaves of a tree", "import nltk\ndef f(x): pass\ndef main(): f(nltk.Tree.fromstring('a').leaves())", ""),
    ("pairs of words", "from nltk.util import ngrams\ndef f(x): pass\ndef main(): f(list(ngrams(['a', 'b'], 2)))", ""),
    ("number of a task of Ray", "import ray\ndef g(n): return n * n\ndef f(x): pass\ndef main():\n  r = ray.remote(g)\n  f(sum(ray.get([r.remote(1)])))", ""),
    ("number of an object of Ray", "import ray\ndef f(x): pass\ndef main(): f(float(ray.get(ray.remote(lambda a: float(a.sum())).remote(ray.put(np.ones(3))))))", ""),
    ("length", "def f(x): pass\ndef main(): f(len(pd.read_csv('a')))", ""),
    ("array out of a frame", "def f(x): pass\ndef main(): f(pd.read_csv('a').to_numpy())", "x:numpy"),
    ("response itself", "def f(r): pass\ndef main(): f(requests.get('a'))", "r:requests"),
    ("tuple", "def load(): return pd.read_csv('a'), 3\ndef f(df, n): pass\ndef main():\n  d, n = load()\n  f(d, n)", "df:pandas"),
    ("second of a tuple", "def load(): return pd.read_csv('a'), np.zeros(3)\ndef f(df, y): pass\ndef main():\n  d, n = load()\n  f(d, n)", "df:pandas y:numpy"),
    ("item of a tuple", "def load(): return pd.read_csv('a'), 3\ndef f(n): pass\ndef main(): f(load()[1])", ""),
    ("in a dictionary", "def load(): return {'a': pd.read_csv('a')}\ndef f(d): pass\ndef main(): f(load())", "d:pandas"),
    ("put into a dictionary", "def f(d): pass\ndef main():\n  d = {}\n  d['a'] = pd.read_csv('a')\n  f(d)", "d:pandas"),
    ("appended", "def f(d): pass\ndef main():\n  d = []\n  for x in 'ab': d.append(pd.read_csv(x))\n  f(d)", "d:pandas"),
    ("columns of rows written out", "def f(n, d, a): pass\ndef main():\n  for n, d, a in (('x', pd.DataFrame(), 1), ('y', 2, np.zeros(1))): f(n, d, a)", "d:pandas a:numpy"),
    ("columns of a list of rows", "def f(n, d): pass\ndef main():\n  for n, d in [('x', pd.DataFrame()), ('y', np.zeros(1))]: f(n, d)", "d:numpy d:pandas"),
    ("columns of rows by name", "ROWS = (('x', pd.DataFrame()), ('y', 1))\ndef f(n, d): pass\ndef main():\n  for n, d in ROWS: f(n, d)", "d:pandas"),
    ("a slice of numbers in a file", "import h5py\ndef f(x): pass\ndef main():\n  with h5py.File('a') as h: f(h['x'][:, 0])", "x:numpy"),
    ("what a file of numbers has by a name", "import h5py\ndef f(x): pass\ndef main():\n  with h5py.File('a') as h: f(h['x'])", "x:h5py"),
    ("a slice of a frame", "def f(x): pass\ndef main(): f(pd.read_csv('a')[:3])", "x:pandas"),
    ("a constant beside an array", "import statsmodels.api as sm\ndef f(x): pass\ndef main(): f(sm.add_constant(np.zeros(1)))", "x:numpy"),
    ("a constant beside a frame", "import statsmodels.api as sm\ndef f(x): pass\ndef main(): f(sm.add_constant(pd.read_csv('a')))", "x:pandas"),
    ("a word's vector", "from gensim.models import FastText\ndef f(x): pass\ndef main(): f(FastText('a').wv['b'])", "x:numpy"),
    ("numbers of words", "from gensim.models import FastText\ndef f(x): pass\ndef main(): f({n: w for w, n in FastText('a').wv.key_to_index.items()})", ""),
    ("list comprehension", "def f(d): pass\ndef main(): f([pd.read_csv(x) for x in 'ab'])", "d:pandas"),
    ("keys of a comprehension, looked up", "def f(d): pass\ndef main(): f({r['id']: 1 for r in boto3.client('s3').x()})", ""),
    ("keys of a comprehension, looped over", "import h5py\ndef f(x): pass\ndef main():\n  with h5py.File('a') as h: f({n: h[n][()] for n in h})", "x:numpy"),
    ("classes as keys", "from requests import Session\ndef f(x): pass\ndef main(): f({Session: 1})", "x:requests"),
    ("keys out of a table", "def f(d): pass\ndef main():\n  d = pd.read_csv('a')\n  f({d['x'][0]: 1})", "d:pandas"),
    ("keys that are things themselves", "def f(d): pass\ndef main(): f({boto3.client('s3'): 1})", "d:boto3"),
    ("constants of a library", "def f(x): pass\ndef main(): f([np.pi, np.inf, 2 * np.nan])", ""),
    ("texts of any module", "import sklearn\ndef f(x): pass\ndef main(): f([sklearn.__version__, sklearn.__name__, pd.__file__])", ""),
    ("a function of a library that gives plain Python, itself", "def f(x): pass\ndef main(): f(np.shape)", "x:numpy"),
    ("an array by its name, of whatever library", "import kornia\ndef f(x): pass\ndef main(): f(kornia.K()(1).cpu().numpy())", "x:numpy"),
    ("an array by its name, of something unknown", "def f(x): pass\ndef main(model): f(model(1)['a'].data.cpu().numpy())", "x:numpy"),
    ("a frame by its name, of whatever library", "import lance\ndef f(x): pass\ndef main(): f(lance.dataset('a').to_pandas())", "x:pandas"),
    ("a trial that a study gives", "import optuna\ndef f(x): pass\ndef main(): optuna.create_study().optimize(f, n_trials=2)", "x:optuna"),
    ("a trial that a study gives to a partial", "import optuna\nfrom functools import partial\ndef f(x, y): pass\ndef main(): optuna.create_study().optimize(partial(f, y=pd.DataFrame()))", "x:optuna y:pandas"),
    ("element by element of a frame", "def f(x): pass\ndef main(): f(np.cos(pd.read_csv('a')['x']))", "x:pandas"),
    ("element by element of two things", "def f(x): pass\ndef main(): f(np.hypot(pd.read_csv('a'), np.zeros(1)))", "x:pandas x:numpy"),
    ("element by element of a list", "def f(x): pass\ndef main(): f(np.log1p([1, 2]))", "x:numpy"),
    ("element by element of a parameter", "def g(x): return np.exp(x)\ndef f(x): pass\ndef h(x): pass\ndef main():\n  f(g(pd.read_csv('a')))\n  h(g([1]))", "x:pandas"),
    ("element by element, then a method", "def f(x): pass\ndef main(): f(np.cos(pd.read_csv('a')).to_numpy())", "x:numpy"),
    ("a column put into a frame", "def f(df): pass\ndef main():\n  d = pd.read_csv('a')\n  d['x'] = np.where(d.y > 0, 1, 0)\n  f(d)", "df:pandas"),
    ("a column put into a frame that is given", "def add(d):\n  d['x'] = np.zeros(3)\n  return d\ndef f(df): pass\ndef main(): f(add(pd.read_csv('a')))", "df:pandas"),
    ("an array put into a dictionary", "def f(d): pass\ndef main():\n  d = {}\n  d['x'] = np.zeros(3)\n  f(d)", "d:numpy"),
    ("something put into a frame", "def f(df): pass\ndef main():\n  d = pd.read_csv('a')\n  d['x'] = [requests.get('a')]\n  f(d)", "df:pandas df:requests"),
    ("a number of an instance", "class K:\n  def __init__(self, a, n): self.a = a; self.n = int(n)\ndef f(x): pass\ndef main(): f(K(np.zeros(1), 2).n)", ""),
    ("content of an instance", "class K:\n  def __init__(self, a, n): self.a = a; self.n = int(n)\ndef f(x): pass\ndef main(): f(K(np.zeros(1), 2).a)", "x:numpy"),
    ("an instance with its content", "class K:\n  def __init__(self, a, n): self.a = a; self.n = int(n)\ndef f(x): pass\ndef main(): f(K(np.zeros(1), 2))", "x:numpy"),
    ("an attribute that no class tells", "class K:\n  def __init__(self, a, n): self.a = a; self.n = int(n)\ndef f(x): pass\ndef main(): f(K(np.zeros(1), 2).other)", "x:numpy"),
    ("what is put into an attribute of an instance", "class K:\n  def __init__(self): self.a = []; self.n = 1\ndef f(x, n): pass\ndef main():\n  k = K()\n  k.a.append(np.zeros(1))\n  f(k.a[0], k.n)", "x:numpy"),
    ("item of a loop", "def f(df): pass\ndef main():\n  for df in [pd.read_csv(x) for x in 'ab']: f(df)", "df:pandas"),
    ("items of a dictionary", "def f(df): pass\ndef main():\n  d = {'a': pd.read_csv('a')}\n  for k, v in d.items(): f(v)", "df:pandas"),
    ("keys of a dictionary", "def f(k): pass\ndef main():\n  for k, v in {'a': pd.read_csv('a')}.items(): f(k)", ""),
    ("number of a loop", "def f(i, x): pass\ndef main():\n  for i, x in enumerate([pd.read_csv('a')]): f(i, x)", "x:pandas"),
    ("number of a loop over what a name holds", "def f(i, x): pass\ndef main():\n  pairs = enumerate([pd.read_csv('a')])\n  for i, x in pairs: f(i, x)", "x:pandas"),
    ("number of a loop over what a name may hold", "def f(i, x): pass\ndef main(again):\n  pairs = enumerate([pd.read_csv('a')])\n  if again:\n    pairs = [(np.zeros(1), 2)]\n  for i, x in pairs: f(i, x)", "i:numpy i:pandas x:numpy x:pandas"),
    ("called by a name out of a table", "def f(df): pass\nTABLE = {'f': f}\ndef main(name): TABLE[name](pd.read_csv('a'))", "df:pandas"),
    ("side by side", "def f(a, b): pass\ndef main():\n  for x, y in zip([pd.read_csv('a')], [np.zeros(1)]): f(x, y)", "a:pandas b:numpy"),
    ("with", "def f(s): pass\ndef main():\n  with requests.Session() as s: f(s)", "s:requests"),
    ("client", "def f(c): pass\ndef main():\n  c = boto3.client('s3')\n  f(c)", "c:boto3"),
    ("answer of a client", "def f(x): pass\ndef main():\n  c = boto3.client('s3')\n  f(c.list_buckets())", ""),
    ("train_test_split", "from sklearn.model_selection import train_test_split\ndef f(x): pass\ndef main():\n  a, b = train_test_split(pd.read_csv('a'))\n  f(a)", "x:pandas"),
    ("prediction", "from sklearn.svm import SVC\ndef f(x): pass\ndef main():\n  m = SVC().fit(1, 2)\n  f(m.predict(3))", "x:numpy"),
    ("model", "from sklearn.svm import SVC\ndef f(m): pass\ndef main():\n  m = SVC()\n  m.fit(1, 2)\n  f(m)", "m:sklearn"),
    ("default", "def f(df=pd.DataFrame()): pass\ndef main(): f()", "df:pandas"),
    ("if else", "def f(x): pass\ndef main(a): f(pd.read_csv('a') if a else np.zeros(1))", "x:numpy x:pandas"),
    ("walrus", "def f(x): pass\ndef main():\n  if (d := pd.read_csv('a')).x: f(d)", "x:pandas"),
    ("star", "def f(a, b): pass\ndef main():\n  x = [pd.read_csv('a')]\n  f(*x)", "a:pandas b:pandas"),
    ("what a loader reads", "from torch.utils.data import DataLoader\ndef f(x): pass\ndef main(): f(DataLoader(pd.read_csv('a')))", "x:pandas x:torch"),
    ("what a pipeline of steps is made of", "from sklearn.pipeline import Pipeline\nfrom xgboost import XGBClassifier\ndef f(x): pass\ndef main(): f(Pipeline([('a', XGBClassifier())]).fit(1))", "x:sklearn x:xgboost"),
    ("what a search was made of", "from sklearn.model_selection import GridSearchCV\nfrom lightgbm import LGBMClassifier\ndef f(x): pass\ndef main(): f(GridSearchCV(LGBMClassifier(), {}))", "x:lightgbm x:sklearn"),
    ("a prediction of a search", "from sklearn.model_selection import GridSearchCV\nfrom lightgbm import LGBMClassifier\ndef f(x): pass\ndef main(): f(GridSearchCV(LGBMClassifier(), {}).predict(1))", "x:numpy"),
    ("what a method takes in", "from accelerate import Accelerator\ndef f(x): pass\ndef main(): f(Accelerator().prepare(pd.read_csv('a')))", "x:accelerate x:pandas"),
    ("arguments of a command, of a library", "import configargparse\ndef f(x): pass\ndef main(): f(configargparse.ArgParser().parse_args())", ""),
    ("what a partial gives that is mapped", "from functools import partial\nfrom multiprocessing import Pool\ndef g(x, y): return np.zeros(x)\ndef h(x): return requests.get(x).text\ndef f(x, y): pass\ndef main(): f(Pool().map(partial(g, y=1), 'ab'), Pool().map(partial(h), 'ab'))", "x:numpy"),
    ("double star", "def f(a): pass\ndef main():\n  x = {'a': pd.read_csv('a')}\n  f(**x)", "a:pandas"),
    ("star parameter", "def f(*a): pass\ndef main(): f(1, pd.read_csv('a'))", "a:pandas"),
    ("recursion", "def f(df, n):\n  if n: return f(df.head(), n - 1)\n  return df\ndef main(): f(pd.read_csv('a'), 3)", "df:pandas"),
    ("nested function", "def main():\n  def load(): return pd.read_csv('a')\n  f(load())\ndef f(df): pass", "df:pandas"),
    ("import inside", "def f(df): pass\ndef main():\n  import polars as pl\n  f(pl.read_csv('a'))", "df:polars"),
    ("global variable", "D = pd.read_csv('a')\ndef f(df): pass\ndef main(): f(D)", "df:pandas"),
    ("method", "class K:\n  def load(self): return pd.read_csv('a')\ndef f(df): pass\ndef main():\n  k = K()\n  f(k.load())", "df:pandas"),
    ("method of self", "class K:\n  def load(self): return pd.read_csv('a')\n  def go(self): f(self.load())\ndef f(df): pass", "df:pandas"),
    ("attribute of self", "class K:\n  def __init__(self): self.df = pd.read_csv('a')\n  def go(self): f(self.df)\ndef f(df): pass", "df:pandas"),
    ("attribute of an object", "class K:\n  t: str\n  d: pd.DataFrame\ndef f(x, y): pass\ndef main(k: K): f(k.t, k.d)", "y:pandas"),
    ("comparison", "def f(m): pass\ndef main(): f(pd.read_csv('a').x > 3)", "m:pandas"),
    ("membership", "def f(m): pass\ndef main(): f('x' in pd.read_csv('a'))", ""),
    ("sorted", "def f(x): pass\ndef main(): f(sorted([pd.read_csv('a')], key=len))", "x:pandas"),
    ("json", "def f(x): pass\ndef main(): f(json.loads('1'))", ""),
    ("nobody calls", "def f(x): pass", ""),
    ("a namesake gives it", "def raw(): return pd.read_csv('a')\ndef f(raw): pass", "raw:pandas"),
    ("yielded", "def load():\n  for x in 'ab': yield pd.read_csv(x)\ndef f(df): pass\ndef main():\n  for d in load(): f(d)", "df:pandas"),
    ("rebound", "def f(df): pass\ndef main():\n  d = 1\n  d = pd.read_csv('a')\n  f(d)", "df:pandas"),
    ("shadowed by a local", "def f(x): pass\ndef main(pd): f(pd.read_csv('a'))", ""),
    ("container said, content seen", "def load() -> dict: return {'a': pd.read_csv('a')}\ndef f(d: dict): pass\ndef main(): f(load())", "d:pandas"),
    ("a class said, content seen", "class K:\n  def __init__(self, d): self.d = d\ndef load() -> K: return K(pd.read_csv('a'))\ndef f(k: K): pass\ndef main(): f(load())", "k:pandas"),
    ("a field that may be anything", "class K:\n  d: object\ndef f(k: 'list[K]'): pass\ndef main():\n  x: K = K(pd.read_csv('a'))\n  f([x])", "k:pandas"),
    ("a field of a class with such a field", "class I:\n  d: object\nclass K:\n  i: I\ndef g(k: K): f(k)\ndef f(k: K): pass\ndef main(): g(K(I(pd.read_csv('a'))))", "k:pandas"),
    ("a class of itself that says all", "class K:\n  n: int\n  next: 'K | None'\ndef f(k: K): pass\ndef main(): f(K(pd.read_csv('a').unheard(), None))", ""),
    ("a protocol", "from typing import Protocol\nclass P(Protocol):\n  def predict(self): ...\ndef f(m: P): pass\ndef main(): f(np.zeros(1))", "m:numpy"),
    ("a field that a method adds", "class K:\n  n: int\n  def put(self, d): self.d = d\ndef f(k: K): pass\ndef main(): f(K(pd.read_csv('a')))", "k:pandas"),
    ("awaited", "async def load(): return pd.read_csv('a')\ndef f(df): pass\nasync def main(): f(await load())", "df:pandas"),
    ("concatenated", "def f(df): pass\ndef main():\n  all = []\n  f(pd.concat(all))", "df:pandas"),
]  # fmt: skip

# functions handed to somebody who calls them
HANDED = [
    ("submit", "def f(df, n): pass\ndef main(ex): ex.submit(f, pd.read_csv('a'), 1)", "df:pandas"),
    ("pool.map", "def f(df): pass\ndef main(pool): pool.map(f, [pd.read_csv('a')])", "df:pandas"),
    ("map of plain", "def f(x): pass\ndef main(pool): pool.map(f, ['a'])", ""),
    ("starmap", "def f(a): pass\ndef main(pool): pool.starmap(f, [(pd.read_csv('a'),)])", "a:pandas"),
    ("map", "def f(df): pass\ndef main(): list(map(f, [pd.read_csv('a')]))", "df:pandas"),
    ("thread", "import threading\ndef f(df): pass\ndef main(): threading.Thread(target=f, args=(pd.read_csv('a'),)).start()", "df:pandas"),
    ("a pool's workers", "from multiprocessing import Pool\ndef f(df): pass\ndef main(): Pool(2, initializer=f, initargs=(pd.read_csv('a'),))", "df:pandas"),
    ("a pool's workers by position", "import multiprocessing as mp\ndef f(df): pass\ndef main(): mp.Pool(2, f, (pd.read_csv('a'),))", "df:pandas"),
    ("threads of a pool", "from concurrent.futures import ThreadPoolExecutor as T\ndef f(df): pass\ndef main(): T(initializer=f, initargs=[pd.read_csv('a')])", "df:pandas"),
    ("a result that is said to be Self", "from typing import Self\nclass K:\n  def m(self) -> Self:\n    self.x = pd.read_csv('a')\n    return self\ndef f(x): pass\ndef main(): f(K().m().x)", "x:pandas"),
    ("one of two libraries", "try: from a import g\nexcept ImportError: from b import g\ndef f(x): pass\ndef main(): f(g())", "x:a x:b"),
    ("one of two, imported in the function", "def f(x): pass\ndef main():\n  try: from a import g\n  except ImportError: from b import g\n  f(g())", "x:a x:b"),
    ("the later of two imports", "from a import g\nfrom b import g\ndef f(x): pass\ndef main(): f(g())", "x:b"),
    ("keywords of a thread", "import threading\ndef f(df): pass\ndef main(): threading.Thread(target=f, kwargs={'df': pd.read_csv('a')}).start()", "df:pandas"),
    ("apply_async", "def f(df, n): pass\ndef main(pool): pool.apply_async(f, (pd.read_csv('a'), 1))", "df:pandas"),
    ("partial", "from functools import partial\ndef f(df, n): pass\ndef main(): return partial(f, pd.read_csv('a'))", "df:pandas"),
    ("delayed", "def f(df): pass\ndef main(): joblib.Parallel()(joblib.delayed(f)(pd.read_csv(x)) for x in 'ab')", "df:pandas"),
    ("to_thread", "import asyncio\ndef f(df): pass\nasync def main(): await asyncio.to_thread(f, pd.read_csv('a'))", "df:pandas"),
    ("pipe", "def f(df, n): pass\ndef main(): pd.read_csv('a').pipe(f, n=1)", "df:pandas"),
    ("rows", "def f(row): pass\ndef main(): pd.read_csv('a').apply(f, axis=1)", "row:pandas"),
    ("cells of rows", "def f(x): pass\ndef main(): pd.read_csv('a').apply(lambda row: f(row['x']), axis=1)", ""),
    ("rows one by one", "def f(row, x, n): pass\ndef main():\n  for n, row in pd.read_csv('a').iterrows(): f(row, row['x'], n)", "row:pandas"),
    ("groups", "def f(g): pass\ndef main(): pd.read_csv('a').groupby('x').apply(f)", "g:pandas"),
    ("cells", "def f(x): pass\ndef main(): pd.read_csv('a')['x'].apply(f)", ""),
    ("a data set's function with what goes to it by name", "import datasets\ndef f(row, df): pass\ndef main(): datasets.load_dataset('a').map(f, fn_kwargs={'df': pd.read_csv('a')})", "df:pandas"),
    ("operator", "def f(df): pass\ndef main(): PythonOperator(python_callable=f, op_kwargs={'df': pd.read_csv('a')})", "df:pandas"),
    ("settings of who is handed it", "def f(x): pass\ndef main(): Trainer(metrics=f, args=pd.read_csv('a'))", ""),
    ("task", "def load(): return pd.read_csv('a')\ndef f(df): pass\ndef main():\n  d = load.submit()\n  f.submit(d)", "df:pandas"),
    ("result of a task", "def load(): return pd.read_csv('a')\ndef f(df): pass\ndef main(): f(load.submit().result())", "df:pandas"),
    ("task with options", "def f(df): pass\ndef main(): f.with_options(name='x').submit(pd.read_csv('a'))", "df:pandas"),
    ("mapped", "def f(df): pass\ndef main(): f.map([pd.read_csv('a')])", "df:pandas"),
    ("remote", "def f(df): pass\ndef main(): f.remote(pd.read_csv('a'))", "df:pandas"),
    ("a generator elsewhere", "def load(): yield pd.read_csv('a')\ndef f(df): pass\ndef main():\n  for d in load.remote_gen(): f(d)", "df:pandas"),
    ("texts of a generator elsewhere", "def load(): yield str(pd.read_csv('a'))\ndef f(x): pass\ndef main(): f.map(list(load.remote_gen()))", ""),
    ("here", "def load(): return pd.read_csv('a')\ndef f(df): pass\ndef main(): f(load.local())", "df:pandas"),
    ("what a submitted function gives", "def load(x): return pd.read_csv(x)\ndef f(df): pass\ndef main(ex):\n  f(ex.submit(load, 'a').result())", "df:pandas"),
]  # fmt: skip


# functions that are values themselves
HIGHER = [
    ("run hands on", "def run(step, *inputs): return step(*inputs)\ndef f(df, n): pass\ndef main(): run(f, pd.read_csv('a'), 1)", "df:pandas"),
    ("what is run gives", "def run(step, *inputs): return step(*inputs)\ndef load(x): return pd.read_csv(x)\ndef f(df): pass\ndef main(): f(run(load, 'a'))", "df:pandas"),
    ("retried", "def retry(call):\n  while True: return call()\ndef f(df): pass\ndef main(): f(retry(lambda: pd.read_csv('a')))", "df:pandas"),
    ("a lambda goes with what it calls", "def f(call): pass\ndef main(): f(lambda x: requests.get(x).json())", "call:requests"),
    ("a lambda in an instance", "class K:\n  def __init__(self, call): self.call = call\ndef f(k): pass\ndef main(): f(K(lambda x: requests.get(x)))", "k:requests"),
    ("retried, plain", "def retry(call):\n  while True: return call()\ndef f(df): pass\ndef main(): f(retry(lambda: requests.get('a').json()))", ""),
    ("steps in a list", "def f(df): return df\ndef main():\n  d = pd.read_csv('a')\n  for s in [f]: d = s(d)", "df:pandas"),
    ("steps with settings", "from functools import partial\ndef f(df, n): return df\ndef main():\n  d = pd.read_csv('a')\n  for s in [partial(f, n=1)]: d = s(d)", "df:pandas"),
    ("function in a variable", "def f(df): pass\ndef main():\n  g = f\n  g(pd.read_csv('a'))", "df:pandas"),
    ("function by name", "def load(): return pd.read_csv('a')\nALL = {'a': load}\ndef f(df): pass\ndef main(x): f(ALL[x]())", "df:pandas"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "wanted"),
    [case[1:] for case in CALLED + HANDED + HIGHER],
    ids=[case[0] for case in CALLED + HANDED + HIGHER],
)
def test_what_crosses(facts, source: str, wanted: str) -> None:
    found = {f"{one.subject}:{one.name.partition('.')[0]}" for one in facts(HEAD + source).types}
    assert found == set(wanted.split())


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (
            "def outer():\n  y = pd.read_csv('a')\n  z = np.zeros(1)\n  def f(): return y",
            "y:pandas",
        ),
        ("def outer(y):\n  def f(): return y\ndef main(): outer(pd.read_csv('a'))", "y:pandas"),
        ("def outer():\n  y = 1\n  def f(y): return y", ""),
        ("def outer():\n  y = requests.get('a').json()\n  def f(): return y", ""),
        ("def outer():\n  y = pd.read_csv('a')\n  def f():\n    y = 1\n    return y", ""),
    ],
)
def test_a_nested_function_needs_what_it_takes_from_around(facts, source: str, wanted: str) -> None:
    found = facts(HEAD + source, "outer.f")
    made = {f"{one.subject}:{one.name.partition('.')[0]}" for one in found.types}
    assert (made, found.imports) == (set(wanted.split()), ())


@pytest.mark.parametrize(
    "source",
    [
        "try: from a import g\nexcept ImportError: from b import g\ndef main(): f(g())",
        "def main():\n  try: from a import g\n  except ImportError: from b import g\n  f(g())",
    ],
)
def test_what_the_tried_library_gives_can_be_done_without(facts, source: str) -> None:
    found = facts(f"def f(x): pass\n{source}").types
    assert {(one.name, one.optional) for one in found} == {("a.g", True), ("b.g", False)}


def test_a_file_of_another_name_is_not_asked_for_calls(facts) -> None:
    """Only the file itself says what its functions are called with: each file is judged by itself."""
    files = {"p.py": "def f(df): pass", "q.py": "import p, pandas\np.f(pandas.DataFrame())"}
    assert facts(files).types == ()


def test_circles_end_and_are_found_again_for_whoever_asks_next() -> None:
    memo: Memo[frozenset[str]] = Memo(frozenset(), frozenset({"?"}), deepest=10, left=100)
    edges = {"a": ["b", "x"], "b": ["a", "y"]}

    def ask(key: str) -> frozenset[str]:
        if key not in edges:
            return frozenset({key})
        return memo.get(key, lambda: frozenset().union(*(ask(one) for one in edges[key])))

    assert ask("a") == {"x", "y"}
    assert ask("b") == {"x", "y"}


def test_what_is_too_far_is_unknown_and_not_remembered() -> None:
    memo: Memo[int] = Memo(0, -1, deepest=3, left=100)

    def deep(number: int) -> int:
        return memo.get(number, lambda: deep(number + 1) if number < 9 else 7)

    assert deep(0) == -1
    assert deep(7) == 7


def test_the_table_says_each_thing_once_and_where_it_stands() -> None:
    text = Path(flow.__file__).with_name("flows.toml").read_text("utf-8")
    entries = tomli.loads(text)["library"]
    names = [entry["name"] for entry in entries]
    assert len(names) == len(set(names))
    for entry in entries:
        assert entry["page"].startswith("https://"), entry["name"]
        assert set(entry) <= {
            "name",
            "page",
            "plain",
            "passes",
            "follows",
            "holds",
            "unsure",
            "gives",
            "constants",
            "puts",
            "rest",
        }
        words = [
            str(entry.get(kind, "")).split()
            for kind in ("plain", "passes", "follows", "holds", "unsure", "constants")
        ]
        words += [names.split() for names in entry.get("gives", {}).values()]
        every = [word for some in words for word in some]
        assert sorted(every) == sorted(set(every)), entry["name"]


def test_the_longest_name_of_the_table_counts() -> None:
    table = flow_table()
    assert table.function("librosa.feature.mfcc") == "numpy.ndarray"
    assert table.function("pandas.read_csv") == SAME
    assert table.method("pandas.read_csv", "to_dict") == PLAIN
    assert table.method("boto3.client", "list_buckets") == PLAIN
    assert table.method("nobody.knows", "fetch") == UNSURE


def test_an_object_goes_on_holding_what_it_is_made_with_of_its_library() -> None:
    """So that a session needs its engine's driver, wherever it is handed to."""
    source = (
        "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import Session\nimport requests\n"
        "engine = create_engine('postgresql://h/d')\ndef f(s): pass\n"
        "def main(): f(Session(engine, info=requests.get))"
    )
    files = MemorySource({"p.py": source})
    found = function_facts(files, "p.py", "f", roots=(".",), target=Target(python="3.11"))["f"]
    made = {one.name: one.literals for one in found.types if one.subject == "s"}
    assert made == {
        "sqlalchemy.create_engine": ((("0", "postgresql://h/d"),),),
        "sqlalchemy.orm.Session": ((),),
    }


def test_all_that_went_into_a_librarys_object_goes_on_counting(facts) -> None:
    source = (
        "import xarray as xr\ndef opened(names): return xr.merge([xr.open_mfdataset(n) for n in names])\n"
        "def f(ds): pass\ndef main(): f(opened('ab').sel(time=1))"
    )
    assert {one.name for one in facts(source).types} == {"xarray.merge", "xarray.open_mfdataset"}


@pytest.mark.parametrize(
    "given",
    ["{'a': ds['a']}", "{'a': (['x'], ds['a'].data)}", "{n: ds[n] for n in 'ab'}", "*[ds, ds]"],
)
def test_what_went_in_by_name_goes_on_counting(facts, given: str) -> None:
    source = (
        "import xarray as xr\ndef f(x): pass\n"
        f"def main():\n  ds = xr.open_mfdataset('*.nc')\n  f(xr.Dataset({given}))"
    )
    assert {one.name for one in facts(source).types} == {"xarray.Dataset", "xarray.open_mfdataset"}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("xr.open_mfdataset('*.nc')", {"xarray.Dataset", "xarray.open_mfdataset"}),
        ("pd.read_csv('a')", {"xarray.Dataset"}),
    ],
)
def test_what_a_parameter_turns_out_to_be_goes_on_counting(facts, given: str, wanted) -> None:
    """Of the same library alone: numbers that went in are there without who made them."""
    source = (
        "import xarray as xr, pandas as pd\ndef f(x): pass\n"
        "def mean(ds): return xr.Dataset({'a': (['x'], ds['a'].mean('t').data)})\n"
        f"def main(): f(mean({given}))"
    )
    assert {one.name for one in facts(source).types} == wanted


def test_an_annotation_does_not_hide_what_opens_a_path_elsewhere(facts) -> None:
    source = (
        "from cloudpathlib import AnyPath\ndef f(p: str | AnyPath): pass\n"
        "def main(): f(AnyPath('gs://a') / 'b')"
    )
    made = [one for one in facts(source).types if ("0", "gs://a") in one.literals[0]]
    assert [one.subject for one in made] == ["p"]


ENGINE = "sqlalchemy.create_engine"


@pytest.mark.parametrize(
    "source",
    [
        "def f(c: Connection): pass\ndef main(): f(create_engine('p://a').connect())",
        "def made() -> Connection: return create_engine('p://a').connect()\ndef f(c): pass\ndef main(): f(made())",
        "def f(c: Connection): pass\ndef g(c: Connection): f(c)\ndef main(): g(create_engine('p://a').connect())",
    ],
    ids=["parameter", "result", "parameter handed on"],
)
def test_an_annotation_does_not_hide_the_driver_of_an_engine(facts, source: str) -> None:
    head = "from sqlalchemy import create_engine\nfrom sqlalchemy.engine import Connection\n"
    made = [one for one in facts(head + source).types if one.name == ENGINE]
    assert [one.subject for one in made] == ["c"]
    assert any("p://a" in str(literals) for literals in made[0].literals)


def test_an_annotation_says_all_of_what_needs_nothing_more(facts) -> None:
    source = "import dask\ndef f(x: pd.DataFrame): pass\ndef main(): f(dask.delayed(1))"
    assert [one.name for one in facts(HEAD + source).types] == ["pandas.DataFrame"]


BASED = """
import luigi
from luigi.contrib.s3 import S3Target
class Kept(luigi.ExternalTask):
    def output(self) -> S3Target: return S3Target("s3://a/b")
class Base(luigi.Task):
    def requires(self) -> luigi.Task: return Kept()
class Made(Base):
    def output(self): return luigi.LocalTarget("a")
    def run(self): return self.input().open("r")
class After(luigi.Task):
    def requires(self): return [Made()]
    def run(self): return self.input()[0].path
"""


@pytest.mark.parametrize(
    ("method", "wanted"),
    [("Made.run", ["luigi.contrib.s3.S3Target"]), ("After.run", ["luigi.LocalTarget"])],
)
def test_what_a_task_is_given_are_outputs_of_those_that_it_requires(
    facts, method: str, wanted: list[str]
) -> None:
    """Although the result is said to be of a library's base of its class."""
    found = facts(BASED, method)
    assert [one.name for one in found.types if one.subject == "self.input"] == wanted
