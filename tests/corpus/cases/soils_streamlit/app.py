import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import streamlit as st
from scipy.interpolate import Rbf
from shapely.geometry import Point, shape

st.set_page_config(layout="wide", page_title="Soils")

NAMES = {0: "lat", 1: "lon", 4: "clay", 5: "rest", 6: "p", 9: "k"}


def read_samples(file):
    rows = pd.read_excel(file)
    rows = rows.rename(columns={rows.columns[at]: name for at, name in NAMES.items() if at < len(rows.columns)})
    return rows.dropna(subset=["lat", "lon"]).apply(pd.to_numeric, errors="coerce").fillna(0)


def read_border(file):
    return shape(json.load(file)["features"][0]["geometry"])


def begin():
    border = st.file_uploader("border", type=["geojson"])
    samples = st.file_uploader("samples", type=["xlsx"])
    if st.button("begin") and border and samples:
        st.session_state.rows = read_samples(samples)
        st.session_state.border = read_border(border)
        st.session_state.hectares = st.session_state.border.area * 10**6
        st.session_state.ready = True
        st.rerun()


def limit_for(row):
    if row["rest"] <= 10:
        return 10.0
    return 15.0 if row["rest"] <= 30 else 20.0


def phosphorus(row):
    factor = 10.0 if row["clay"] > 600 else 4.0
    return max(0, (limit_for(row) - row["p"]) * factor) + st.session_state.get("carried", 35.0)


def with_doses():
    rows = st.session_state.rows
    rows["lime"] = np.maximum(0.6 * rows["k"] - rows["p"], 0).clip(lower=0)
    rows["phosphorus"] = rows.apply(phosphorus, axis=1)
    return rows


def mapped(rows, column, colours="YlOrRd"):
    border = st.session_state.border
    left, low, right, high = border.bounds
    xs, ys = np.mgrid[left:right:200j, low:high:200j]
    values = Rbf(rows.lon, rows.lat, rows[column], function="linear")(xs, ys)
    inside = np.array([border.contains(Point(p)) for p in np.c_[xs.ravel(), ys.ravel()]]).reshape(xs.shape)
    values[~inside] = np.nan
    figure, axes = plt.subplots(figsize=(8, 6))
    axes.imshow(values.T, extent=(left, right, low, high), origin="lower", cmap=colours)
    axes.plot(*border.exterior.xy, color="black")
    return figure


def tonnes(rows, column):
    return rows[column].mean() * st.session_state.hectares / 1000


def page():
    rows = with_doses()
    column = st.selectbox("what", ["clay", "p", "k", "lime", "phosphorus"])
    st.pyplot(mapped(rows, column))
    st.metric(column, f"{tonnes(rows, column):.2f} t")


if st.session_state.get("ready"):
    page()
else:
    begin()
