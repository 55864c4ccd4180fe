import pandas as pd
import pandas_ta as ta
import plotly.graph_objects as go
import streamlit as st
import yfinance as yf

START, END = "2015-01-01", "2024-12-30"


def prices(name, start, end):
    table = yf.download(name, start, end, multi_level_index=False)
    table["Ticker"] = name
    return table


@st.cache_data
def every():
    return pd.concat([prices(one, START, END) for one in ("BTC-USD", "ETH-USD")], axis=0).reset_index()


def macd(table, fast=12, slow=26, signal=9):
    return ta.macd(table["Close"], fast, slow, signal)


def strength(table, period=14):
    return table.ta.rsi(length=period)


def bands(table, period=5):
    return ta.bbands(table["Close"], period, talib=True)


def volume(table):
    return ta.obv(table["Close"], table["Volume"])


def with_signs(table):
    table = table.join(macd(table).fillna(0))
    table["RSI"] = strength(table).fillna(0)
    table["OBV"] = volume(table)
    return table.join(bands(table))


def figure_of(table, kind):
    figure = go.Figure()
    if kind == "candles":
        figure.add_trace(go.Candlestick(x=table["Date"], open=table["Open"], high=table["High"], low=table["Low"], close=table["Close"]))
    else:
        figure.add_trace(go.Scatter(x=table["Date"], y=table["Close"], mode="lines"))
    figure.update_xaxes(range=[table["Date"].max() - pd.Timedelta(weeks=7), table["Date"].max()])
    return figure


def info(name):
    one = yf.Ticker(name)
    return one.info.get("longName"), one.history(period="1mo")


def page():
    table = with_signs(every())
    name = st.sidebar.selectbox("Coin", table["Ticker"].unique())
    kind = st.sidebar.selectbox("Kind", ["candles", "line"])
    st.plotly_chart(figure_of(table[table["Ticker"] == name], kind))
    st.bar_chart(info(name)[1]["Volume"])
    st.dataframe(table.describe().style.format(precision=2))


page()
