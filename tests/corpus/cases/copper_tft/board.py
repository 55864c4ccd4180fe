import os
from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
import torch
from pytorch_forecasting import TemporalFusionTransformer

st.set_page_config(page_title="copper", layout="wide")
HERE = os.path.dirname(os.path.abspath(__file__))


@st.cache_resource
def loaded():
    path = os.path.join(HERE, "models", "best.ckpt")
    if not os.path.exists(path):
        return None
    model = TemporalFusionTransformer.load_from_checkpoint(path, map_location=torch.device("cpu"))
    model.eval()
    return model


@st.cache_data
def features():
    path = os.path.join(HERE, "data", "features.parquet")
    return pd.read_parquet(path) if os.path.exists(path) else None


def prepared(df):
    import numpy as np

    df = df.reset_index()
    df["step"] = np.arange(len(df))
    df["weekday"] = df["date"].dt.dayofweek.astype(str).astype("category")
    return df


def forecast(model, df):
    ahead = df.iloc[-1:].copy()
    ahead["step"] = df["step"].max() + 1
    raw = model.predict(pd.concat([df, ahead], ignore_index=True), mode="quantiles")
    values = raw[0][0].tolist()
    return values[1], values[3], values[5]


def weights_drawn(model, df):
    raw = model.predict(df, mode="raw", return_x=True)
    return model.plot_interpretation(model.interpret_output(raw.output, reduction="sum"))


def cone(df, low, high):
    past = df.tail(30)
    last, price = past["date"].iloc[-1], past["close"].iloc[-1]
    fig = go.Figure(go.Scatter(x=past["date"], y=past["close"], mode="lines"))
    fig.add_trace(go.Scatter(x=[last, last + timedelta(days=7), last], y=[price, high, low], fill="toself"))
    return fig


def page():
    model, data = loaded(), features()
    if model is None or data is None:
        return st.error("no model, or no data")
    df = prepared(data)
    low, median, high = forecast(model, df)
    st.metric("median", round(median, 2))
    st.plotly_chart(cone(df, low, high), use_container_width=True)
    for figure in weights_drawn(model, df).values():
        st.pyplot(figure)


if __name__ == "__main__":
    page()
